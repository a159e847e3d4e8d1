import * as vscode from 'vscode';
import type { RuntimePreference } from '../../server/protocol/runtime.ts';
import type { Settings } from '../../server/protocol/settings.ts';
import type { SparkLogShown } from '../log/sparkLogFilter.ts';
import type { NoticePolicy } from '../notices/notice.ts';

const section = 'sparkdeck';

/** Every setting, read when it is needed. Empty text means "not set". */
export const settings = {
  /** Which Java, Spark and Python the user wants; `undefined` when nothing is set. */
  runtime(): RuntimePreference | undefined {
    const preference: RuntimePreference = {
      ...present('javaHome', text('javaHome')),
      ...present('sparkHome', text('sparkHome')),
      ...present('python', text('python')),
      ...present('sparkVersion', text('sparkVersion')),
    };
    return Object.keys(preference).length > 0 ? preference : undefined;
  },
  dataFolder: (): string | undefined => text('dataFolder'),
  sparkLog: (): SparkLogShown => read('log.showSparkLog', 'warnings'),
  openLogOnSubmit: (): boolean => read('log.openOnSubmit', true),
  notifyOnEnd: (): NoticePolicy => read('notifyOnEnd', 'failure'),
  /** What is to hold for the whole data folder, as far as it is set here. */
  shared(): Settings {
    const megabytes = number('history.keepMegabytes');
    return {
      ...present('maxRunning', number('maxRunning')),
      ...present('keepCount', number('history.keepCount')),
      ...present('keepDays', number('history.keepDays')),
      ...present('keepBytes', megabytes === undefined ? undefined : Math.round(megabytes * 2 ** 20)),
      ...present('warmDrivers', number('start.warmDrivers')),
      ...present('directLaunch', flag('start.directLaunch')),
      ...present('classSharing', flag('start.classSharing')),
    };
  },
  clusterWorkers: (): number | undefined => number('cluster.workers'),
  clusterCores: (): number | undefined => number('cluster.workerCores'),
  clusterMemory: (): string | undefined => text('cluster.workerMemory'),
};

export async function setSparkLog(value: SparkLogShown): Promise<void> {
  await vscode.workspace
    .getConfiguration(section)
    .update('log.showSparkLog', value, vscode.ConfigurationTarget.Global);
}

/** Whether a change touches one of these; names without "sparkdeck.". */
export function touches(event: vscode.ConfigurationChangeEvent, ...names: string[]): boolean {
  return names.some(name => event.affectsConfiguration(`${section}.${name}`));
}

function read<T>(name: string, otherwise: T): T {
  return vscode.workspace.getConfiguration(section).get<T>(name, otherwise);
}

function text(name: string): string | undefined {
  const value = read<string>(name, '').trim();
  return value === '' ? undefined : value;
}

function number(name: string): number | undefined {
  return read<number | null>(name, null) ?? undefined;
}

function flag(name: string): boolean | undefined {
  return read<boolean | null>(name, null) ?? undefined;
}

function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  const result: { [P in K]?: V } = {};
  if (value !== undefined) result[key] = value;
  return result;
}
