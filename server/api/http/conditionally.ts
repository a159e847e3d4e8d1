import type { FastifyReply, FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { Type, type TNull } from 'typebox';
import type { KeptAnswer } from './answerCache.ts';

/** For the OpenAPI document: what a route answers beside 200 when it answers conditionally. */
export const unchanged: { 304: TNull } = {
  304: Type.Null({ description: 'unchanged: its ETag is the one that If-None-Match names' }),
};

/**
 * Answers with an entity tag, and with 304 a client that has the answer already. An answer is made once as long as its stamp
 * stays the same, and kept as bytes.
 *
 * The tag is a sum of the bytes, so it is a strong one, and holds after a restart too. Who asks is checked before, at each
 * request; answers for different teams or roles are kept apart.
 * @param stamp changes with whatever the answer is made of; undefined for one that is made each time
 */
export function conditionally(
  request: FastifyRequest,
  reply: FastifyReply,
  stamp: string | undefined,
  make: () => unknown,
): void {
  const { answers } = request.server;
  const { team, role } = request.rooms.identity;
  const key = `${team ?? ''} ${role} ${request.url}`;
  const kept = stamp === undefined ? undefined : answers.get(key, stamp);
  if (kept) return send(request, reply, kept);
  const finish = (value: unknown): void => {
    const body = Buffer.from(JSON.stringify(value));
    const answer = { etag: `"${hash('sha256', body, 'base64url').slice(0, 27)}"`, body };
    if (stamp !== undefined) answers.set(key, stamp, answer);
    send(request, reply, answer);
  };
  const made = make();
  if (!(made instanceof Promise)) return finish(made);
  made.then(finish).catch((error: unknown) => void reply.send(error));
}

function send(request: FastifyRequest, reply: FastifyReply, { etag, body }: KeptAnswer): void {
  reply.headers({
    etag,
    // To be kept by the client alone, and to be asked for again each time.
    'cache-control': 'private, no-cache',
    vary: 'Authorization',
  });
  if (names(request.headers['if-none-match'], etag)) return void reply.code(304).send();
  void reply.header('content-type', 'application/json; charset=utf-8').send(body);
}

/** By the weak comparison that If-None-Match asks for, https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
function names(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some(each => each.trim().replace(/^W\//, '') === etag);
}
