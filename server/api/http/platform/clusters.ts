import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Cluster, ClusterSpec, ClusterState } from '../../../protocol/cluster.ts';
import { Duration, secondsOf } from '../../../protocol/duration.ts';
import { SparkdeckError } from '../../../protocol/errors.ts';
import { TeamName } from '../../../protocol/team.ts';
import type { App } from '../app.ts';
import type { PlatformConfiguration } from './configuration.ts';
import { PlatformCluster, PlatformClusterRequest, PlatformNewCluster } from './schemas.ts';
import { checkTtl, lookUp, toSpec } from './toSpec.ts';

const path = '/api/v1/clusters';
const ById = Type.Object({ id: Type.String({ maxLength: 100 }) }, { additionalProperties: false });

const words: Readonly<Record<ClusterState, PlatformCluster['status']>> = {
  starting: 'provisioning',
  running: 'running',
  stopping: 'deleting',
  stopped: 'stopped',
  failed: 'failed',
};

/** Clusters that teams ask for. */
export function clusters(app: App, configuration: PlatformConfiguration): void {
  app.post(
    path,
    {
      schema: {
        summary: 'Ask for a cluster',
        body: PlatformClusterRequest,
        response: { 201: PlatformNewCluster },
      },
    },
    async (request, reply) => {
      const { team } = request.body;
      const cluster = await request.rooms.clusters.start(toSpec(request.body, configuration), { team });
      reply.code(201).header('Location', `${path}/${cluster.spec.name}`);
      return reply.send(toNewCluster(cluster, request));
    },
  );

  app.get(
    path,
    {
      schema: {
        summary: 'List clusters: those of a team, or all that may be seen',
        querystring: Type.Object({ team: Type.Optional(TeamName) }, { additionalProperties: false }),
        response: { 200: Type.Object({ clusters: Type.Array(PlatformCluster) }) },
      },
    },
    request => {
      const { team } = request.query;
      const found = request.rooms.clusters
        .list()
        .filter(cluster => team === undefined || cluster.team === team);
      return { clusters: found.map(cluster => toCluster(cluster, request)) };
    },
  );

  app.get(
    `${path}/:id`,
    { schema: { summary: 'Get a cluster', params: ById, response: { 200: PlatformCluster } } },
    request => toCluster(request.rooms.clusters.get(request.params.id), request),
  );

  app.delete(
    `${path}/:id`,
    {
      schema: {
        summary: 'Stop and forget a cluster, with what runs on it; answers when its processes are gone',
        params: ById,
        response: { 200: Type.Object({ cluster_id: Type.String(), status: Type.Enum(['deleted']) }) },
      },
    },
    async request => {
      const { id } = request.params;
      await request.rooms.clusters.stop(id, { force: true });
      await request.rooms.clusters.remove(id);
      return { cluster_id: id, status: 'deleted' as const };
    },
  );

  app.post(
    `${path}/:id/scale`,
    {
      schema: {
        summary: 'Have a running cluster be of another size; what runs goes on',
        description: 'Of workers that are too many each ends when nothing runs on it.',
        params: ById,
        body: Type.Object(
          {
            workers: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
            size: Type.Optional(
              Type.String({ maxLength: 100, description: 'one with such workers as it has' }),
            ),
          },
          { additionalProperties: false, minProperties: 1, maxProperties: 1 },
        ),
        response: { 200: PlatformCluster },
      },
    },
    async request => {
      const { spec } = request.rooms.clusters.get(request.params.id);
      const { size, workers = spec.workers } = request.body;
      const wanted = size === undefined ? workers : workersOf(size, spec);
      return toCluster(await request.rooms.clusters.scale(spec.name, wanted), request);
    },
  );

  app.post(
    `${path}/:id/ttl`,
    {
      schema: {
        summary: 'Have a cluster live for so much longer',
        params: ById,
        body: Type.Object({ ttl: Duration }, { additionalProperties: false }),
        response: { 200: PlatformCluster },
      },
    },
    async request => {
      const { spec, expiresAt = Date.now() } = request.rooms.clusters.get(request.params.id);
      const time = secondsOf(request.body.ttl) * 1000;
      const environment = configuration.environments[spec.labels?.['platform.environment'] ?? ''];
      checkTtl((Math.max(expiresAt, Date.now()) + time - Date.now()) / 1000, environment ?? {});
      return toCluster(await request.rooms.clusters.extend(spec.name, time), request);
    },
  );

  /** @throws SparkdeckError request.invalid for a size with other workers */
  function workersOf(name: string, { workerCores, workerMemory }: ClusterSpec): number {
    const size = lookUp('size', name, configuration.sizes);
    if (size.cores === workerCores && size.memory === workerMemory) return size.workers;
    throw new SparkdeckError(
      'request.invalid',
      `Workers of the size ${name} have ${size.cores} cores and ${size.memory}, this cluster's ${workerCores} and ${workerMemory}. Say how many workers it should have, or ask for another cluster.`,
    );
  }

  function toNewCluster(cluster: Cluster, request: FastifyRequest): PlatformNewCluster {
    return {
      cluster_id: cluster.spec.name,
      endpoint: cluster.spec.labels?.['platform.endpoint'] ?? null,
      status: words[cluster.state],
      estimated_ready_seconds: cluster.state === 'starting' ? estimate(cluster, request) : 0,
    };
  }

  function toCluster(cluster: Cluster, request: FastifyRequest): PlatformCluster {
    const { spec, createdAt, expiresAt } = cluster;
    const catalogs = spec.labels?.['platform.catalogs'];
    return {
      ...toNewCluster(cluster, request),
      team: cluster.team ?? null,
      environment: spec.labels?.['platform.environment'] ?? null,
      region: spec.labels?.['platform.region'] ?? null,
      size: sizeOf(spec),
      workers: spec.workers,
      catalogs: catalogs === undefined ? [] : catalogs.split(','),
      master_url: cluster.masterUrl ?? null,
      created_at: new Date(createdAt).toISOString(),
      expires_at: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      notice: cluster.notice ?? null,
      message: cluster.reason ?? null,
    };
  }

  /** What is left of the usual time. */
  function estimate({ spec, createdAt }: Cluster, { rooms }: FastifyRequest): number {
    const usual = rooms.clusters.usualStart(spec.workers) ?? configuration.firstEstimate * 1000;
    return Math.max(0, Math.ceil((usual - (Date.now() - createdAt)) / 1000));
  }

  function sizeOf({ workers, workerCores, workerMemory }: ClusterSpec): string | null {
    const found = Object.entries(configuration.sizes).find(
      ([, size]) => size.workers === workers && size.cores === workerCores && size.memory === workerMemory,
    );
    return found?.[0] ?? null;
  }
}
