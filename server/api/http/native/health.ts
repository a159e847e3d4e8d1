import { Type } from 'typebox';
import type { App } from '../app.ts';
import type { DialectContext } from '../dialect.ts';

/** Whether it is up, for whoever keeps it up; 503 while it leaves. */
export function health(app: App, { status }: DialectContext): void {
  app.get(
    '/healthz',
    {
      config: { isOpen: true },
      schema: {
        summary: 'Whether the backend is up',
        security: [],
        response: { 200: Type.Object({ status: Type.Literal('ok'), version: Type.String() }) },
      },
    },
    () => ({ status: 'ok' as const, version: status().version }),
  );
}
