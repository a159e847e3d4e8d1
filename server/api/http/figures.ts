import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Batches } from '../../batches/batches.ts';
import type { Clusters } from '../../clusters/clusters.ts';
import { batchStates } from '../../protocol/batch.ts';
import { clusterStates } from '../../protocol/cluster.ts';

/** What Prometheus is told. */
export interface Figures {
  readonly contentType: string;
  text(): Promise<string>;
  /** A request that was answered. @param route the pattern, not the path: of those there are few. @param time milliseconds */
  observe(request: { method: string; route: string; status: string; time: number }): void;
}

export function createFigures({ batches, clusters }: { batches: Batches; clusters: Clusters }): Figures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const batchGauge = new Gauge({
    name: 'sparkdeck_batches',
    help: 'Batches by state; those that are not_started wait in the queue.',
    labelNames: ['state'],
    registers: [],
    collect() {
      const counts = batches.countByState();
      for (const state of batchStates) this.set({ state }, counts.get(state) ?? 0);
    },
  });
  const clusterGauge = new Gauge({
    name: 'sparkdeck_clusters',
    help: 'Clusters by state.',
    labelNames: ['state'],
    registers: [],
    collect() {
      const all = clusters.list();
      for (const state of clusterStates) this.set({ state }, all.filter(each => each.state === state).length);
    },
  });
  const durations = new Histogram({
    name: 'sparkdeck_http_request_duration_seconds',
    help: 'From the request to the end of its answer; a stream counts when it ends.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers: [],
  });
  for (const metric of [batchGauge, clusterGauge, durations]) registry.registerMetric(metric);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observe: ({ time, ...labels }) => durations.observe(labels, time / 1000),
  };
}
