import type { ErrorCode } from '../../server/protocol/errors.ts';

/** The commands that help with an error, in the order they are offered. */
export function errorActions(code: ErrorCode): readonly ErrorAction[] {
  return table[code] ?? [];
}

export type ErrorAction = 'installSpark' | 'doctor' | 'startCluster' | 'showBackendLog' | 'openSettings';

const table: Partial<Record<ErrorCode, readonly ErrorAction[]>> = {
  'runtime.missing': ['installSpark', 'doctor'],
  'runtime.unfit': ['doctor', 'openSettings'],
  'runtime.install': ['doctor', 'showBackendLog'],
  'cluster.none': ['startCluster'],
  'cluster.missing': ['startCluster'],
  'cluster.stopped': ['startCluster'],
  'cluster.failed': ['doctor', 'showBackendLog'],
  'folder.unwritable': ['openSettings'],
  'backend.unreachable': ['showBackendLog'],
  'backend.silent': ['showBackendLog'],
  internal: ['showBackendLog'],
};
