import type { SubmitChoices } from './batchRequest.ts';
import { localMaster, type Target } from './target.ts';

/** The changes of batch/rerun that bring these choices about; null takes a field out. */
export function rerunChanges(target: Target, choices: SubmitChoices): Record<string, unknown> {
  const conf = { ...choices.conf, ...(target.kind === 'local' && { 'spark.master': localMaster }) };
  return {
    cluster: target.kind === 'cluster' ? target.name : null,
    args: choices.args && choices.args.length > 0 ? choices.args : null,
    className: choices.className ?? null,
    conf: Object.keys(conf).length > 0 ? conf : null,
    driverMemory: choices.driverMemory ?? null,
    executorMemory: choices.executorMemory ?? null,
  };
}
