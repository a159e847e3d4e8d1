import { SparkdeckError } from '../../../protocol/errors.ts';
import type { ClusterDetail } from '../../../protocol/cluster.ts';
import type { BatchRequest } from '../../../protocol/batch.ts';
import type { TeamRooms } from '../../../teams/teamRooms.ts';
import type { EnvironmentFile } from './environmentFile.ts';

/**
 * Asks the master that the file names, or that of the only cluster that runs.
 * @throws SparkdeckError cluster.none, cluster.missing, cluster.unreachable
 */
export async function askPlace({ clusters }: TeamRooms, file: EnvironmentFile): Promise<ClusterDetail> {
  if (file.masterPage === undefined) return clusters.detail(onlyCluster(clusters, file));
  return clusters.detailAt({ uiUrl: file.masterPage, masterUrl: file.master });
}

/** Where a batch goes: a cluster of ours is meant as such, whatever the file calls it. */
export async function placeOf(
  { clusters }: TeamRooms,
  file: EnvironmentFile,
): Promise<Pick<BatchRequest, 'cluster' | 'conf' | 'runtime'>> {
  const { master, sparkHome } = file;
  const meant = await clusters.at({ uiUrl: file.masterPage, masterUrl: master });
  if (meant) return { cluster: meant.spec.name };
  if (master === undefined) return { cluster: onlyCluster(clusters, file) };
  return { conf: { 'spark.master': master }, ...(sparkHome !== undefined && { runtime: { sparkHome } }) };
}

function onlyCluster(clusters: TeamRooms['clusters'], file: EnvironmentFile): string {
  const running = clusters.list().filter(({ state }) => state === 'running');
  const [only, other] = running;
  if (only && !other && file.masterPage === undefined) return only.spec.name;
  throw new SparkdeckError(
    'cluster.none',
    `${other ? 'Several clusters run' : 'No cluster runs here'}. Say which one is meant, in the file .env of the data folder: SPARK_MASTER_URL and SPARK_SUBMIT_MASTER.`,
  );
}
