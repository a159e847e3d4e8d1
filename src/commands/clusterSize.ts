import * as l10n from '@vscode/l10n';
import { parseMemory } from '../format/memory.ts';

export interface ClusterSize {
  workers: number;
  workerCores: number;
  /** A Spark memory size. */
  workerMemory: string;
}

/** What a machine carries besides the editor: about all cores, and half of the memory, 4 GB a worker at most. */
export function defaultClusterSize(machine: { cores: number; memory: number }): ClusterSize {
  const workers = machine.cores >= 4 ? 2 : 1;
  const share = Math.floor(machine.memory / 2 / workers / 2 ** 30);
  return {
    workers,
    workerCores: Math.max(1, Math.floor(machine.cores / workers)),
    workerMemory: `${Math.min(4, Math.max(1, share))}g`,
  };
}

/** "local", or the first of "local-2", "local-3"… that no cluster has that is up. */
export function freeClusterName(taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'local' : `local-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** What is wrong with a cluster's name; nothing if it will do. `up`: names of clusters that can't be replaced. */
export function checkClusterName(name: string, up: readonly string[]): string | undefined {
  if (!/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
    return l10n.t('Lower-case letters, digits and hyphens between them; 40 at most.');
  }
  return up.includes(name) ? l10n.t('A cluster of this name is there already.') : undefined;
}

export function checkCount(text: string, most: number): string | undefined {
  const fits = /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;
  return fits ? undefined : l10n.t('A whole number from 1 to {0}.', most);
}

/** An executor takes 1 GB unless told otherwise, so a smaller worker would never be given one. */
export function checkWorkerMemory(text: string): string | undefined {
  const size = parseMemory(text.trim());
  if (size === undefined) return l10n.t('A size is a number and a unit, as 512m or 2g.');
  return size < 512 ? l10n.t('Spark wants 512m at least; 1g for an executor of the usual size.') : undefined;
}
