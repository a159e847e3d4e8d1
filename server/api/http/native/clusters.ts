import { Type } from 'typebox';
import {
  Cluster,
  ClusterConnection,
  ClusterDetail,
  ClusterName,
  ClusterRequest,
} from '../../../protocol/cluster.ts';
import { methods } from '../../../protocol/methods.ts';
import { TeamName } from '../../../protocol/team.ts';
import type { App } from '../app.ts';
import { conditionally, unchanged } from '../conditionally.ts';
import { nativePrefix } from './nativePrefix.ts';

const ByName = Type.Object({ name: ClusterName }, { additionalProperties: false });

/** Clusters: started, looked at and stopped. */
export function clusters(app: App): void {
  const path = `${nativePrefix}/clusters`;
  app.get(
    path,
    {
      schema: {
        summary: 'List the clusters',
        response: { 200: Type.Object({ clusters: Type.Array(Cluster) }), ...unchanged },
      },
    },
    (request, reply) => {
      const { clusters } = request.rooms;
      conditionally(request, reply, clusters.version, () => ({ clusters: clusters.list() }));
    },
  );

  app.post(
    path,
    {
      schema: {
        summary: 'Start a cluster; answers while it starts',
        querystring: Type.Object(
          { team: Type.Optional(TeamName) },
          { additionalProperties: false, description: 'for whom; an admin without a team may say so' },
        ),
        body: ClusterRequest,
        response: { 201: Cluster },
      },
    },
    async (request, reply) => {
      const cluster = await request.rooms.clusters.start(request.body, { team: request.query.team });
      return reply.code(201).header('Location', `${path}/${cluster.spec.name}`).send(cluster);
    },
  );

  app.get(
    `${path}/:name`,
    {
      schema: {
        summary: 'Get a cluster',
        params: ByName,
        querystring: Type.Object(
          { wait: Type.Optional(Type.Boolean({ description: 'answer when it neither starts nor stops' })) },
          { additionalProperties: false },
        ),
        response: { 200: Cluster, ...unchanged },
      },
    },
    (request, reply) => {
      const { clusters } = request.rooms;
      const { name } = request.params;
      const stamp = request.query.wait ? undefined : clusters.version;
      conditionally(request, reply, stamp, () =>
        request.query.wait ? clusters.await(name, request.gone) : clusters.get(name),
      );
    },
  );

  app.get(
    `${path}/:name/detail`,
    {
      schema: {
        summary: 'Ask its master for workers and applications',
        params: ByName,
        response: { 200: ClusterDetail },
      },
    },
    async request => request.rooms.clusters.detail(request.params.name),
  );

  app.get(
    `${path}/:name/connection`,
    {
      schema: {
        summary:
          'The settings with which a program connects to it: they hold its secret, so this takes an admin',
        params: ByName,
        response: { 200: ClusterConnection },
      },
    },
    async (request, reply) => {
      const connection = await request.rooms.clusters.connection(request.params.name);
      return reply.header('Cache-Control', 'no-store').send(connection);
    },
  );

  app.post(
    `${path}/:name/stop`,
    {
      schema: {
        summary: 'Stop a cluster; answers when its processes are gone',
        params: ByName,
        querystring: Type.Object(
          { force: Type.Optional(Type.Boolean({ description: 'kill the batches that run on it' })) },
          { additionalProperties: false },
        ),
        response: { 200: Cluster },
      },
    },
    async request =>
      request.rooms.clusters.stop(request.params.name, { force: request.query.force ?? false }),
  );

  app.post(
    `${path}/:name/scale`,
    {
      schema: {
        summary: 'Have so many workers; those that are too many end when nothing runs on them',
        params: ByName,
        body: Type.Omit(methods['cluster/scale'].params, ['name'], { additionalProperties: false }),
        response: { 200: Cluster },
      },
    },
    async request => request.rooms.clusters.scale(request.params.name, request.body.workers),
  );

  app.post(
    `${path}/:name/extend`,
    {
      schema: {
        summary: 'Have it live so many seconds longer',
        params: ByName,
        body: Type.Omit(methods['cluster/extend'].params, ['name'], { additionalProperties: false }),
        response: { 200: Cluster },
      },
    },
    async request => request.rooms.clusters.extend(request.params.name, request.body.seconds * 1000),
  );

  app.delete(
    `${path}/:name`,
    { schema: { summary: 'Forget a cluster that is down', params: ByName, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await request.rooms.clusters.remove(request.params.name);
      return reply.code(204).send(null);
    },
  );
}
