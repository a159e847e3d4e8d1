import swagger from '@fastify/swagger';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { openFileLimit } from '../../process/openFileLimit.ts';
import { messageOf, SparkdeckError } from '../../protocol/errors.ts';
import type { Tokens } from '../../teams/tokens.ts';
import { TeamRooms, type Rooms } from '../../teams/teamRooms.ts';
import { AnswerCache } from './answerCache.ts';
import type { App, SchemaTypes } from './app.ts';
import { AnswerBudget } from './answerBudget.ts';
import { bodyClock } from './bodyClock.ts';
import { callerOf } from './caller.ts';
import { checkHead } from './checkHead.ts';
import type { Dialect, DialectContext } from './dialect.ts';
import { dialectOf, dialects } from './dialects.ts';
import { toFailure } from './failure.ts';
import { createFigures } from './figures.ts';
import { holdsMoreValues } from './holdsMoreValues.ts';
import { inTurn } from './inTurn.ts';
import { openApi } from './openApi.ts';
import { left, RequestEnd, wentAway } from './requestEnd.ts';
import { schemaCheck } from './schemaCheck.ts';
import { answerUnreadable } from './unreadable.ts';

/** Bytes of a body that isn't an upload. */
const bodyLimit = 1024 ** 2;
/** Of a JSON body: each costs time to parse and check. */
const mostValues = 10_000;
/** Milliseconds. */
const bodyTime = 30_000;
const headersTime = 15_000;
/** The longest that any request may take to arrive, uploads too: for what no clock of ours watches. */
const requestTime = 6 * 3600_000;
/** One more is closed at once. */
const mostConnections = 4000;

export interface AppOptions {
  rooms: Rooms;
  context: Omit<DialectContext, 'figures'>;
  /** Undefined without authentication: then everyone is the owner. */
  tokens: Tokens | undefined;
  /** PEM. */
  tls?: { cert: Buffer; key: Buffer };
  /** Aborts when the backend leaves: from then on requests are refused, and streams end. */
  leaving: AbortSignal;
  log: (line: string) => void;
}

/** The web server with all dialects, not listening yet. */
export async function createApp(options: AppOptions): Promise<App> {
  const { leaving, log, rooms, tokens } = options;
  const figures = createFigures(rooms);
  const app: App = Fastify({
    serverFactory: handler => server(options.tls, inTurn(handler), log),
    bodyLimit,
    // Refused by ourselves, in the dialect's shape.
    return503OnClosing: false,
    forceCloseConnections: true,
    clientErrorHandler: answerUnreadable,
    routerOptions: { maxParamLength: 1000, ignoreDuplicateSlashes: false },
    frameworkErrors: (error, request, reply) => {
      const { status, body } = dialectOf(pathOf(request)).say(toFailure(error, log), request);
      // No route, so no schema that would say what may be sent.
      reply.raw.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      reply.raw.end(JSON.stringify(body));
    },
  }).withTypeProvider<SchemaTypes>();

  app.setValidatorCompiler(schemaCheck);
  // A schema of an answer is for the document and the types. To cut an answer to its shape would hide what is wrong.
  app.setSerializerCompiler(() => data => JSON.stringify(data));
  readJsonAlone(app);

  app.decorateRequest('identity', undefined);
  app.decorateRequest('rooms', {
    getter(this: FastifyRequest) {
      if (this.identity) return new TeamRooms(this.identity, rooms);
      throw new SparkdeckError('token.absent', 'Send a token, as Authorization: Bearer TOKEN.');
    },
  });
  const ends = new WeakMap<FastifyRequest, RequestEnd>();
  app.decorateRequest('gone', {
    getter(this: FastifyRequest) {
      return ends.get(this)?.signal ?? leaving;
    },
  });
  app.decorate('answers', new AnswerCache());
  app.addHook('onRequest', async (request, reply) => {
    const end = new RequestEnd(leaving);
    ends.set(request, end);
    const began = performance.now();
    // Of a socket that was closed it isn't known any more.
    const { ip } = request;
    reply.raw.once('close', () => {
      end.close();
      const time = performance.now() - began;
      const status = reply.raw.writableEnded ? String(reply.raw.statusCode) : 'broken off';
      figures.observe({ method: request.method, route: request.routeOptions.url ?? 'none', status, time });
      log(describe(request, ip, status, time));
    });
    if (leaving.aborted) throw left();
    checkHead(request.raw);
    if (request.routeOptions.config.isOpen === true) return;
    const { identity, revoked } = callerOf(request, tokens);
    request.identity = identity;
    if (revoked) end.endWith(revoked);
  });
  app.addHook('preParsing', async (request, reply, body) => {
    if (!hasBody(request)) return body;
    const total = request.routeOptions.config.bodyTime ?? bodyTime;
    const clock = bodyClock({ total, pause: bodyTime });
    // When the client goes in the middle, a half body is no whole one. When the backend leaves, the rest may still come.
    request.gone.addEventListener('abort', () => {
      if (!leaving.aborted && !request.raw.complete) clock.destroy(request.gone.reason);
    });
    reply.raw.once('close', () => clock.destroy(request.raw.complete ? undefined : wentAway()));
    return body.pipe(clock);
  });
  const answers = new AnswerBudget();
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload === 'string' || Buffer.isBuffer(payload)) answers.take(payload.length, reply.raw);
    reply.header('X-Content-Type-Options', 'nosniff');
    // What is left of a refused body isn't waited for.
    if (!request.raw.complete) reply.header('Connection', 'close');
  });
  app.setNotFoundHandler(request => {
    throw new SparkdeckError('path.missing', `There is nothing at ${request.method} ${pathOf(request)}.`);
  });
  app.setErrorHandler((error, request, reply) => {
    const dialect = dialectOf(pathOf(request));
    void answer(dialect, error, request, reply);
  });

  await app.register(swagger, openApi(dialects));
  for (const dialect of dialects) {
    await app.register(async scope => {
      const inner = scope.withTypeProvider<SchemaTypes>();
      inner.setErrorHandler((error, request, reply) => void answer(dialect, error, request, reply));
      const methods = collectMethods(inner, dialect);
      await dialect.routes(inner, { ...options.context, figures });
      refuseOtherMethods(inner, methods);
    });
  }
  return app;

  function answer(
    dialect: Dialect,
    error: unknown,
    request: FastifyRequest,
    reply: Parameters<Parameters<App['setErrorHandler']>[0]>[2],
  ): unknown {
    const failure = toFailure(unlessBrokenOff(error, request.gone), log);
    const { status, body } = dialect.say(failure, request);
    if (failure.code === 'token.absent') {
      reply.header('WWW-Authenticate', 'Bearer realm="Sparkdeck", Basic realm="Sparkdeck", charset="UTF-8"');
    }
    return reply.code(status).send(body);
  }
}

function server(tls: AppOptions['tls'], handler: RequestListener, log: (line: string) => void): Server {
  const times: ServerOptions = {
    headersTimeout: headersTime,
    requestTimeout: requestTime,
    connectionsCheckingInterval: 5000,
    // Longer than clients keep theirs, so that none sends into a connection that is being closed.
    keepAliveTimeout: 75_000,
  };
  const made = tls ? createSecureServer({ ...times, ...tls }, handler) : createServer(times, handler);
  // What is left is for files, programs and the editor's socket.
  made.maxConnections = Math.min(mostConnections, Math.floor(openFileLimit() / 2));
  // With no file left to open, a connection can't be accepted. The next one may be.
  made.on('error', error => log(`http: ${messageOf(error)}`));
  return made;
}

/** JSON and nothing else, unless a dialect takes more. A body of no length is none: some clients announce JSON always. */
function readJsonAlone(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else if (holdsMoreValues(body, mostValues)) done(tooManyValues());
    else void parse(request, body, done);
  });
}

/** Each path's methods; and each route gets the dialect's tag and its shape of errors into the document. */
function collectMethods(app: App, dialect: Dialect): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', route => {
    const known = methods.get(route.url) ?? new Set();
    methods.set(route.url, known);
    for (const method of [route.method].flat()) known.add(method);
    const { response, ...schema } = route.schema ?? {};
    const errors = { '4xx': dialect.errorSchema, '5xx': dialect.errorSchema };
    route.schema = {
      tags: [dialect.name],
      ...schema,
      response: { ...(typeof response === 'object' ? response : {}), ...errors },
    };
  });
  return methods;
}

const allMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

function refuseOtherMethods(app: App, methods: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, known] of [...methods].map(([url, set]) => [url, new Set(set)] as const)) {
    const refuse = async (request: FastifyRequest, reply: FastifyReply): Promise<never> => {
      reply.header('Allow', [...known].join(', '));
      throw new SparkdeckError(
        'path.method',
        `${request.method} is not for ${pathOf(request)}; ${[...known].join(', ')} is.`,
      );
    };
    const others = allMethods.filter(method => !known.has(method));
    app.route({ method: others, url, schema: { hide: true }, handler: refuse });
    // Of a QUERY without a body Fastify would say that the body's type is missing, before the handler is asked.
    app.route({ method: 'QUERY', url, schema: { hide: true }, onRequest: refuse, handler: refuse });
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function pathOf({ raw }: FastifyRequest): string {
  return (raw.url ?? '/').replace(/[?#].*$/s, '');
}

/** The query isn't in the log: it is nobody's business what somebody looked for. */
function describe(request: FastifyRequest, ip: string, outcome: string, time: number): string {
  const { identity, method } = request;
  const team = identity?.team === undefined ? '' : ` of ${identity.team}`;
  const who = identity ? `${identity.who}${team}` : 'nobody known';
  return `http: ${method} ${pathOf(request)} ${outcome} in ${Math.round(time)} ms, ${who} from ${ip}`;
}

/** What fails because nobody waits for the answer any more is no failure of its own: then it is the reason for that. */
function unlessBrokenOff(error: unknown, gone: AbortSignal): unknown {
  if (!gone.aborted || !(error instanceof Error)) return error;
  const isCancelled = error instanceof SparkdeckError && error.code === 'request.cancelled';
  return isCancelled || error.name === 'AbortError' ? gone.reason : error;
}

function tooManyValues(): SparkdeckError {
  return new SparkdeckError(
    'request.tooBig',
    `The body holds more than ${mostValues} values. Put what is large into a file, and name that.`,
  );
}
