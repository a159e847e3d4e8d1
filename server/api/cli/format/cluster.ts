import type { Application, Cluster, ClusterDetail } from '../../../protocol/cluster.ts';
import type { Paint } from '../output.ts';
import { formatState } from './state.ts';
import { formatFields, formatTable } from './table.ts';
import { formatDuration, formatTime } from './time.ts';

export function formatClusters(clusters: Cluster[], paint: Paint): string {
  return formatTable(
    [
      { title: 'NAME' },
      { title: 'STATE' },
      { title: 'WORKERS', align: 'right' },
      { title: 'CORES', align: 'right' },
      { title: 'MEMORY', align: 'right' },
      { title: 'MASTER' },
      { title: 'WEB PAGE' },
    ],
    clusters.map(({ spec, state, masterUrl, uiUrl, reason }) => [
      spec.name,
      formatState(state, paint),
      String(spec.workers),
      String(spec.workers * spec.workerCores),
      `${spec.workers} x ${spec.workerMemory}`,
      state === 'failed' ? (reason ?? '') : (masterUrl ?? ''),
      state === 'failed' ? '' : (uiUrl ?? ''),
    ]),
    paint,
  );
}

/** A cluster with its workers and applications; `detail` is absent when its master can't be asked. */
export function formatCluster(cluster: Cluster, detail: ClusterDetail | undefined, paint: Paint): string {
  const { spec, runtime } = cluster;
  const parts = [
    paint('bold', `Cluster ${spec.name}`),
    formatFields(
      [
        ['State', formatState(cluster.state, paint)],
        ['Reason', cluster.reason],
        ['Notice', cluster.notice],
        ['Size', formatSize(cluster)],
        ['Master', cluster.masterUrl],
        ['Web page', cluster.uiUrl],
        ['Spark', runtime && `${runtime.spark.version}  ${runtime.spark.home}`],
        ['Java', runtime && `${runtime.java.fullVersion}  ${runtime.java.home}`],
        ['Python', runtime && `${runtime.python.version}  ${runtime.python.path}`],
        ['Created', formatTime(cluster.createdAt)],
        ['Ends', cluster.expiresAt === undefined ? undefined : formatTime(cluster.expiresAt)],
      ],
      paint,
    ),
  ];
  if (detail) {
    parts.push(formatWorkers(detail, paint));
    const applications = [...detail.active, ...detail.completed];
    if (applications.length > 0) parts.push(formatApplications(applications, paint));
  }
  return parts.join('\n\n');
}

/** "2 workers with 4 cores and 2g each". */
export function formatSize({ spec }: Pick<Cluster, 'spec'>): string {
  const cores = `${spec.workerCores} ${spec.workerCores === 1 ? 'core' : 'cores'}`;
  if (spec.workers === 1) return `1 worker with ${cores} and ${spec.workerMemory}`;
  return `${spec.workers} workers with ${cores} and ${spec.workerMemory} each`;
}

function formatWorkers(detail: ClusterDetail, paint: Paint): string {
  return formatTable(
    [
      { title: 'WORKER' },
      { title: 'STATE' },
      { title: 'CORES USED', align: 'right' },
      { title: 'MEMORY USED', align: 'right' },
      { title: 'WEB PAGE' },
    ],
    detail.workers.map(worker => [
      `${worker.host}:${worker.port}`,
      worker.state,
      `${worker.coresUsed}/${worker.cores}`,
      `${worker.memoryUsed}/${worker.memory} MiB`,
      worker.uiUrl,
    ]),
    paint,
  );
}

function formatApplications(applications: Application[], paint: Paint): string {
  return formatTable(
    [
      { title: 'APPLICATION' },
      { title: 'STATE' },
      { title: 'CORES', align: 'right' },
      { title: 'STARTED' },
      { title: 'TOOK', align: 'right' },
      { title: 'BATCH', align: 'right' },
      { title: 'NAME' },
    ],
    applications.map(application => [
      application.id,
      application.state,
      String(application.cores),
      formatTime(application.startedAt),
      formatDuration(application.duration),
      application.batchId?.toString() ?? '',
      application.name,
    ]),
    paint,
  );
}
