import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { productVersion } from '../../protocol/version.ts';
import { dialects } from './dialects.ts';

/** What the OpenAPI document says beside the routes. */
export function openApi(): FastifyDynamicSwaggerOptions {
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
