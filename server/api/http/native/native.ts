import { Type } from 'typebox';
import type { Dialect } from '../dialect.ts';
import { nativePrefix } from './nativePrefix.ts';
import { health } from './health.ts';

/** Sparkdeck's own interface: all that the editor can do. */
export const native: Dialect = {
  name: 'sparkdeck',
  description: "Sparkdeck's own interface.",
  prefixes: [nativePrefix],
  errorSchema: Type.Object({
    code: Type.String({ description: 'for programs, as batch.missing' }),
    message: Type.String({ description: 'for a person: what happened and what to do next' }),
  }),
  say: ({ status, code, message }) => ({ status, body: { code, message } }),
  routes(app, context) {
    health(app, context);
  },
};
