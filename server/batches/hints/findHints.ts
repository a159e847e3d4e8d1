import type { Hint } from '../../protocol/metrics.ts';
import { driverAlone } from './driverAlone.ts';
import { failedTasks } from './failedTasks.ts';
import { fewPartitions } from './fewPartitions.ts';
import { garbageCollection } from './garbageCollection.ts';
import { idleCores } from './idleCores.ts';
import { lostExecutors } from './lostExecutors.ts';
import type { FindHints, Measured } from './measured.ts';
import { skewedStage } from './skewedStage.ts';
import { smallFiles } from './smallFiles.ts';
import { smallPartitions } from './smallPartitions.ts';
import { spill } from './spill.ts';

/** What made an application slower than it had to be; nothing when nothing did, or not by enough to matter. */
export function findHints(measured: Measured): Hint[] {
  return Object.values(kinds).flatMap(find => find(measured));
}

/** In the order they are shown: what is broken first, then what costs most in most programs. */
const kinds: Record<Hint['kind'], FindHints> = {
  'lost-executors': lostExecutors,
  'failed-tasks': failedTasks,
  'skewed-stage': skewedStage,
  'few-partitions': fewPartitions,
  spill,
  'garbage-collection': garbageCollection,
  'small-files': smallFiles,
  'small-partitions': smallPartitions,
  'driver-alone': driverAlone,
  'idle-cores': idleCores,
};
