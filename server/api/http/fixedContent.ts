import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';

/**
 * A handler for content that stays the same as long as the backend runs. It is made at the first request, once; a client
 * that has it already is answered with 304.
 */
export function fixedContent(
  make: () => string | Buffer,
  headers: Readonly<Record<string, string>>,
): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  let made: { content: Buffer; tag: string } | undefined;
  return (request, reply) => {
    made ??= withTag(Buffer.from(make()));
    void reply.headers(headers).header('ETag', made.tag);
    const known = request.headers['if-none-match']?.split(',').map(each => each.trim().replace(/^W\//, ''));
    if (known?.some(each => each === made?.tag || each === '*')) return reply.code(304).send();
    return reply.send(made.content);
  };
}

function withTag(content: Buffer): { content: Buffer; tag: string } {
  return { content, tag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"` };
}
