import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider } from 'fastify';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Static, TSchema } from 'typebox';
import type { Identity } from '../../teams/identity.ts';
import type { TeamRooms } from '../../teams/teamRooms.ts';
import type { AnswerCache } from './answerCache.ts';

/** Has a handler's request and answer be of the types that its schemas say. */
export interface SchemaTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** The web server as dialects see it: routes with schemas. */
export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, SchemaTypes>;

declare module 'fastify' {
  interface FastifyInstance {
    /** See conditionally.ts. */
    answers: AnswerCache;
  }
  interface FastifyRequest {
    /** Who asks; undefined at the few paths that are open to all. */
    identity: Identity | undefined;
    /** The rooms as he may see them. @throws SparkdeckError token.absent where it isn't known who asks */
    readonly rooms: TeamRooms;
    /** Aborts when nobody waits for the answer any more, or the backend leaves. */
    readonly gone: AbortSignal;
  }
  interface FastifyContextConfig {
    /** Answers without a token. */
    isOpen?: boolean;
    /** How long a body may take in all, in milliseconds; 30 s unless given. Without a pause of that length, in any case. */
    bodyTime?: number;
  }
}
