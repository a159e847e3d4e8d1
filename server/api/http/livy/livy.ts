import { Type } from 'typebox';
import { productVersion } from '../../../protocol/version.ts';
import type { Dialect } from '../dialect.ts';
import { livyBatches } from './livyBatches.ts';
import { LivyMessage } from './schemas.ts';

/** The batches of Apache Livy, for its clients. */
export const livy: Dialect = {
  name: 'livy',
  description: "Apache Livy's batches.",
  prefixes: ['/batches', '/sessions', '/version'],
  errorSchema: LivyMessage,
  // Livy refuses with 400 what we call a conflict.
  say: ({ status, message }) => ({ status: status === 409 ? 400 : status, body: { msg: message } }),
  routes(app) {
    livyBatches(app, { clusterOf: () => undefined, pathParams: {}, stateOf: state => state });
    app.get(
      '/version',
      {
        schema: {
          summary: 'Which Livy this speaks like',
          response: {
            200: Type.Object({
              version: Type.String(),
              user: Type.String(),
              revision: Type.String(),
              branch: Type.String(),
              date: Type.String(),
              url: Type.String(),
            }),
          },
        },
      },
      () => ({
        version: `0.8.0-sparkdeck-${productVersion}`,
        user: '',
        revision: '',
        branch: '',
        date: '',
        url: '',
      }),
    );
  },
};
