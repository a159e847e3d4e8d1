import { Type } from 'typebox';
import { requireOperator } from '../../../teams/identity.ts';
import type { App } from '../app.ts';
import type { DialectContext } from '../dialect.ts';

/** Figures for Prometheus. They are of all teams, so the token of a team doesn't get them. */
export function metrics(app: App, { figures }: DialectContext): void {
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Figures for Prometheus',
        response: { 200: { description: 'figures', content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    async (request, reply) => {
      const { identity } = request.rooms;
      if (identity.team !== undefined) requireOperator(identity, 'read the figures');
      return reply.type(figures.contentType).send(await figures.text());
    },
  );
}
