import type { Dialect } from '../dialect.ts';
import { administration } from './administration.ts';
import { batches } from './batches.ts';
import { clusters } from './clusters.ts';
import { document } from './document.ts';
import { events } from './events.ts';
import { health } from './health.ts';
import { logs } from './logs.ts';
import { metrics } from './metrics.ts';
import { NativeFailure } from './nativeFailure.ts';
import { nativePrefix } from './nativePrefix.ts';
import { page } from '../page/page.ts';
import { uploads } from './uploads.ts';

/** Sparkdeck's own interface: all that the editor can do. */
export const native: Dialect = {
  name: 'sparkdeck',
  description: "Sparkdeck's own interface.",
  prefixes: [nativePrefix],
  errorSchema: NativeFailure,
  say: ({ status, code, message }) => ({ status, body: { code, message } }),
  async routes(app, context) {
    batches(app);
    logs(app);
    clusters(app);
    await uploads(app);
    events(app, context);
    administration(app, context);
    health(app, context);
    metrics(app, context);
    document(app);
    page(app);
  },
};
