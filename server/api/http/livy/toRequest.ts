import type { BatchRequest } from '../../../protocol/batch.ts';
import { SparkdeckError } from '../../../protocol/errors.ts';
import type { LivyRequest } from './schemas.ts';

/**
 * A batch as Livy's clients ask for it, in our words.
 * @param cluster where it is to run, when the address that was asked says so
 * @throws SparkdeckError token.forbidden for a proxyUser, conf.invalid for a master that isn't the cluster's
 */
export function toRequest(body: LivyRequest, cluster: string | undefined): BatchRequest {
  refuseImpersonation(body.proxyUser);
  const { conf, queue, name } = body;
  const settings = Object.fromEntries(Object.entries(conf ?? {}).map(([key, value]) => [key, String(value)]));
  if (cluster !== undefined) leaveMasterOut(settings, cluster);
  const all = { ...(queue != null && { 'spark.yarn.queue': queue }), ...settings };
  return {
    file: body.file,
    ...(body.className != null && { className: body.className }),
    ...(body.args && { args: body.args }),
    ...(body.jars && { jars: body.jars }),
    ...(body.pyFiles && { pyFiles: body.pyFiles }),
    ...(body.files && { files: body.files }),
    ...(body.archives && { archives: body.archives }),
    ...(body.driverMemory != null && { driverMemory: body.driverMemory }),
    ...(body.driverCores != null && { driverCores: Number(body.driverCores) }),
    ...(body.executorMemory != null && { executorMemory: body.executorMemory }),
    ...(body.executorCores != null && { executorCores: Number(body.executorCores) }),
    ...(body.numExecutors != null && { numExecutors: Number(body.numExecutors) }),
    ...(name != null && { name }),
    ...(Object.keys(all).length > 0 && { conf: all }),
    ...(cluster !== undefined && { cluster }),
  };
}

/** Whoever writes for one cluster names its master as it is called there, which is no address here. */
function leaveMasterOut(settings: Record<string, string>, cluster: string): void {
  const master = settings['spark.master'];
  if (master !== undefined && !master.startsWith('spark://')) {
    throw new SparkdeckError(
      'conf.invalid',
      `What is sent to this address runs on the cluster ${cluster}, so spark.master can't be ${master}. Leave it out.`,
    );
  }
  delete settings['spark.master'];
}

/** @throws SparkdeckError token.forbidden */
export function refuseImpersonation(user: string | null | undefined): void {
  if (user === undefined || user === null || user === '') return;
  throw new SparkdeckError(
    'token.forbidden',
    `Nothing is run in the name of "${user}": all programs run as the user who runs the backend. Leave proxyUser and doAs out.`,
  );
}
