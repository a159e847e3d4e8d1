import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { productVersion } from '../../protocol/version.ts';
import type { App } from './app.ts';
import { namedSchemas } from './namedSchemas.ts';

/** Of a dialect, what the document says. */
interface Tag {
  name: string;
  description: string;
}

/** What the OpenAPI document says beside the routes. */
export function openApi(dialects: readonly Tag[]): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sparkdeck',
        version: productVersion,
        description: 'A Spark job server: its own interface, and those of others that clients already speak.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: dialects.map(({ name, description }) => ({ name, description })),
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          password: { type: 'http', scheme: 'basic', description: 'The token is the password.' },
        },
      },
      security: [{ token: [] }, { password: [] }],
    },
  };
}

/** The document of all routes, with the protocol's schemas by name in the place of their texts. */
export function openApiDocument(app: App): unknown {
  const named = Object.entries(namedSchemas).map(([name, schema]) => [name, plain(schema)] as const);
  const names = new Map(named.map(([name, schema]) => [JSON.stringify(schema), name]));
  const refer = (value: unknown, self?: string): unknown => {
    if (Array.isArray(value)) return value.map(each => refer(each));
    if (typeof value !== 'object' || value === null) return value;
    const name = names.get(JSON.stringify(value));
    if (name !== undefined && name !== self) return { $ref: `#/components/schemas/${name}` };
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, refer(each)]));
  };
  const { components, paths, ...document }: Record<string, unknown> = { ...app.swagger() };
  const schemas = Object.fromEntries(named.map(([name, schema]) => [name, refer(schema, name)]));
  return {
    ...document,
    components: { ...(typeof components === 'object' && components), schemas },
    paths: refer(plain(paths)),
  };
}

/** In one order of keys, and with any key's values said as the document's maker says them: so that equal ones look equal. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) =>
    key === 'patternProperties' ? ['additionalProperties', Object.values(each)[0]] : [key, each],
  );
  const sorted = entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, each]) => [key, plain(each)]));
}
