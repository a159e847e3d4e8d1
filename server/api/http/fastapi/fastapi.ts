import type { ErrorCode } from '../../../protocol/errors.ts';
import type { Dialect } from '../dialect.ts';
import { cluster } from './cluster.ts';
import { jobs } from './jobs.ts';
import { FastapiError } from './schemas.ts';

/** That there is no cluster to speak with. */
const noCluster: ReadonlySet<ErrorCode> = new Set(['cluster.none', 'cluster.missing', 'cluster.stopped']);

/** Spark FastAPI: one standalone cluster, watched, and scripts of an uploads folder submitted to it. */
export const fastapi: Dialect = {
  name: 'fastapi',
  description: 'Spark FastAPI: one standalone cluster, and scripts of the uploads folder.',
  prefixes: ['/api/v1/cluster', '/api/v1/jobs/submit', '/api/v1/jobs/apps'],
  errorSchema: FastapiError,
  // A request that can't be done, and a job that fails, are both 400.
  say: ({ status, code, message }) => ({
    status: noCluster.has(code) ? 503 : status === 409 ? 400 : status,
    body: { detail: message },
  }),
  routes(app, context) {
    cluster(app, context);
    jobs(app, context);
  },
};
