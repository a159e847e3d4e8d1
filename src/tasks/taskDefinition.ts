import * as l10n from '@vscode/l10n';
import { isAbsolute, join } from 'node:path';
import type { SubmitChoices } from '../submit/batchRequest.ts';
import type { Target } from '../submit/target.ts';

/** A task of tasks.json, as its schema in the manifest says. */
export interface SubmitTask {
  file: string;
  choices: SubmitChoices;
  /** Absent: the last cluster, else the only one that runs. */
  target: Target | undefined;
}

export type TaskResult = { ok: true; task: SubmitTask } | { ok: false; error: string };

/** Reads what a user wrote, which VS Code has not checked against the schema. Relative files are of `folder`. */
export function readTask(
  definition: Readonly<Record<string, unknown>>,
  folder: string | undefined,
): TaskResult {
  const { file, args, className, conf, cluster, localMode, driverMemory, executorMemory } = definition;
  const wrong = (name: string, expected: string): TaskResult => ({
    ok: false,
    error: l10n.t('The task\'s "{0}" must be {1}.', name, expected),
  });
  if (typeof file !== 'string' || file === '') return wrong('file', l10n.t('the path of a .py or .jar file'));
  if (args !== undefined && !isTextList(args)) return wrong('args', l10n.t('a list of texts'));
  if (conf !== undefined && !isTextMap(conf)) return wrong('conf', l10n.t('an object with texts as values'));
  for (const [name, value] of Object.entries({ className, cluster, driverMemory, executorMemory })) {
    if (value !== undefined && typeof value !== 'string') return wrong(name, l10n.t('a text'));
  }
  return {
    ok: true,
    task: {
      file: isAbsolute(file) || folder === undefined ? file : join(folder, file),
      target:
        localMode === true
          ? { kind: 'local' }
          : typeof cluster === 'string'
            ? { kind: 'cluster', name: cluster }
            : undefined,
      choices: {
        ...(args && { args }),
        ...(conf && { conf }),
        ...(typeof className === 'string' && { className }),
        ...(typeof driverMemory === 'string' && { driverMemory }),
        ...(typeof executorMemory === 'string' && { executorMemory }),
      },
    },
  };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(entry => typeof entry === 'string');
}

function isTextMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(entry => typeof entry === 'string')
  );
}
