import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import type { Changes } from '../../store/changes.ts';
import type { BackendStatus } from '../../protocol/methods.ts';
import type { App } from './app.ts';
import type { Failure } from './failure.ts';
import type { Figures } from './figures.ts';

/** What a dialect may use beside `request.rooms`: nothing that would let it see or change a thing for its caller. */
export interface DialectContext {
  changes: Changes;
  status: () => BackendStatus;
  figures: Figures;
  /** Where a dialect's configuration lies. */
  dataFolder: string;
  /** Of the backend. */
  env: NodeJS.ProcessEnv;
  /** The revision of the last removal: who knows only an older one reads everything again. */
  lastRemoval: () => number;
  log: (line: string) => void;
}

/**
 * A way to speak with the rooms over HTTP: a thin folder here that translates, and decides nothing. To add one, write its
 * routes, with schemas, and its shape of errors, and put it into the table of dialects.ts; the rest is done for it: who
 * asks is known (`request.rooms`), bodies are bounded and checked, a wrong method is 405, shutting down is 503, its routes
 * are in the OpenAPI document, counted and logged.
 */
export interface Dialect {
  /** Also its tag in the OpenAPI document. */
  readonly name: string;
  readonly description: string;
  /** Paths that begin so are answered in this dialect even where there is nothing. */
  readonly prefixes: readonly string[];
  /** Of every error's body. */
  readonly errorSchema: TSchema;
  /** An error in this dialect: the status may be another than the table's. */
  say(failure: Failure, request: FastifyRequest): { status: number; body: unknown };
  routes(app: App, context: DialectContext): void | Promise<void>;
}
