import type { CliCommand } from '../cli.ts';
import { connectCluster } from './connect.ts';
import { extendCluster } from './extend.ts';
import { listClusters } from './list.ts';
import { removeCluster } from './remove.ts';
import { scaleCluster } from './scale.ts';
import { showCluster } from './show.ts';
import { startCluster } from './start.ts';
import { stopCluster } from './stop.ts';

/** `sparkdeck clusters …`; without a word after it, the list. */
export const clusters: CliCommand = (parent, cli) => {
  const group = parent.command('clusters').description('list, start and stop clusters');
  for (const add of [
    listClusters,
    startCluster,
    scaleCluster,
    extendCluster,
    stopCluster,
    removeCluster,
    showCluster,
    connectCluster,
  ]) {
    add(group, cli);
  }
};
