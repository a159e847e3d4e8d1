import type { BatchRequest } from '../../server/protocol/batch.ts';
import type { RuntimePreference } from '../../server/protocol/runtime.ts';
import { localMaster, type Target } from './target.ts';

/** What the user chose for one file; remembered for its next run. */
export interface SubmitChoices {
  args?: string[];
  className?: string;
  conf?: Record<string, string>;
  driverMemory?: string;
  executorMemory?: string;
}

/** The request for a file, with its choices, on its target. */
export function batchRequest(given: {
  file: string;
  target: Target;
  choices: SubmitChoices;
  workingFolder: string | undefined;
  runtime: RuntimePreference | undefined;
}): BatchRequest {
  const { file, target, choices, workingFolder, runtime } = given;
  const conf = {
    ...choices.conf,
    ...(target.kind === 'local' && { 'spark.master': choices.conf?.['spark.master'] ?? localMaster }),
  };
  return {
    file,
    ...(choices.className !== undefined && { className: choices.className }),
    ...(choices.args && choices.args.length > 0 && { args: choices.args }),
    ...(Object.keys(conf).length > 0 && { conf }),
    ...(choices.driverMemory !== undefined && { driverMemory: choices.driverMemory }),
    ...(choices.executorMemory !== undefined && { executorMemory: choices.executorMemory }),
    ...(target.kind === 'cluster' && { cluster: target.name }),
    ...(workingFolder !== undefined && { workingFolder }),
    ...(runtime && { runtime }),
  };
}
