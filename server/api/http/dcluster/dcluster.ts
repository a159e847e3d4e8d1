import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { BatchState } from '../../../protocol/batch.ts';
import type { Cluster } from '../../../protocol/cluster.ts';
import { SparkdeckError } from '../../../protocol/errors.ts';
import type { SchemaTypes } from '../app.ts';
import type { Dialect } from '../dialect.ts';
import { livyBatches } from '../livy/livyBatches.ts';
import { LivyMessage } from '../livy/schemas.ts';
import { DclusterLaunch, DclusterStatus } from './schemas.ts';
import { toSpec } from './toSpec.ts';
import { toStatus } from './toStatus.ts';

const ById = Type.Object({ clusterId: Type.String({ maxLength: 100 }) }, { additionalProperties: false });
/** Below it, each cluster has an address of its own, at which the batches of that one are. */
const services = '/cluster/service/spark';
/** Its clients know starting, running, success and dead. */
const states: Partial<Record<BatchState, BatchState>> = { not_started: 'starting', killed: 'dead' };

/** DCluster: clusters that are launched and terminated, each with Livy's batches at its own address. */
export const dcluster: Dialect = {
  name: 'dcluster',
  description: 'DCluster: clusters, each with its batches at an address of its own.',
  prefixes: ['/cluster'],
  errorSchema: LivyMessage,
  // As with Livy, whose clients ask below a service address.
  say: ({ status, message }) => ({ status: status === 409 ? 400 : status, body: { msg: message } }),
  async routes(app) {
    app.post(
      '/cluster/v2/launch/spark/cluster',
      {
        schema: {
          summary: 'Launch a cluster; the answer is its id alone',
          body: DclusterLaunch,
          response: { 200: Type.Integer() },
        },
      },
      async (request, reply) => {
        const { tenant } = request.body;
        const { id } = await request.rooms.clusters.start(toSpec(request.body), { team: tenant });
        return reply.type('application/json; charset=utf-8').send(id);
      },
    );

    app.get(
      '/cluster/status/spark/cluster/:clusterId',
      { schema: { summary: 'Get a cluster', params: ById, response: { 200: DclusterStatus } } },
      request => {
        const cluster = find(request);
        return toStatus(cluster, `${request.protocol}://${request.host}${services}/${cluster.id}`);
      },
    );

    app.delete(
      '/cluster/terminate/spark/:clusterId',
      {
        schema: {
          summary: 'Terminate a cluster, and what runs on it',
          params: ById,
          response: { 200: LivyMessage },
        },
      },
      async request => {
        await request.rooms.clusters.stop(find(request).spec.name, { force: true });
        return { msg: 'terminated' };
      },
    );

    await app.register(
      async scope =>
        livyBatches(scope.withTypeProvider<SchemaTypes>(), {
          clusterOf: request => find(request).spec.name,
          pathParams: ById.properties,
          stateOf: state => states[state] ?? state,
        }),
      { prefix: `${services}/:clusterId` },
    );
  },
};

/** @throws SparkdeckError cluster.missing */
function find({ params, rooms }: FastifyRequest): Cluster {
  const id = Value.Check(Type.Object({ clusterId: Type.String() }), params) ? params.clusterId : '';
  if (/^\d{1,15}$/.test(id)) return rooms.clusters.byId(Number(id));
  throw new SparkdeckError('cluster.missing', `There is no cluster ${id}. Its id is a number.`);
}
