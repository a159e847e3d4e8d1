import type { Dialect } from '../dialect.ts';
import { clusters } from './clusters.ts';
import { readConfiguration } from './configuration.ts';
import { jobs } from './jobs.ts';
import { PlatformError } from './schemas.ts';

/** The platform's interfaces: jobs of teams, and clusters that teams ask for. */
export const platform: Dialect = {
  name: 'platform',
  description: 'The platform: jobs of teams, and clusters that teams ask for.',
  prefixes: ['/api/v1/jobs', '/api/v1/clusters'],
  errorSchema: PlatformError,
  say: ({ status, code, message }) => ({ status, body: { error: code, message } }),
  routes(app, { dataFolder }) {
    jobs(app);
    clusters(app, readConfiguration(dataFolder));
  },
};
