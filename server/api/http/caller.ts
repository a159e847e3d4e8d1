import type { FastifyRequest } from 'fastify';
import { SparkdeckError } from '../../protocol/errors.ts';
import { owner, type Identity } from '../../teams/identity.ts';
import type { Tokens } from '../../teams/tokens.ts';
import { isLoopback } from './address.ts';

/** Who sends a request. */
export interface Caller {
  identity: Identity;
  /** Aborts when his token is revoked; absent without one. */
  revoked?: AbortSignal;
}

/**
 * Who sends a request: by its token, as `Authorization: Bearer TOKEN`, or as the password of basic authentication, which
 * older clients and browsers know. Without authentication it is the owner.
 * @param tokens undefined without authentication
 * @throws SparkdeckError token.absent, token.forbidden
 */
export function callerOf(request: FastifyRequest, tokens: Tokens | undefined): Caller {
  refuseForeignPages(request, tokens === undefined);
  if (!tokens) return { identity: owner };
  const token = tokenOf(request.headers.authorization);
  const bearer = token === undefined ? undefined : tokens.identify(token);
  if (bearer) return bearer;
  throw new SparkdeckError(
    'token.absent',
    token === undefined
      ? 'Send a token, as Authorization: Bearer TOKEN. Whoever runs the backend makes one: sparkdeck tokens create'
      : 'This token is not known, or was revoked. Whoever runs the backend makes another: sparkdeck tokens create',
  );
}

/**
 * A page from elsewhere, in the browser of someone who may, must not act in his name. The browser says where it is from: in
 * Sec-Fetch-Site also of what is asked without an origin, such as an image, or a link that is followed. Without
 * authentication, a page could also have its own name lead here (DNS rebinding), so then the name has to be this machine's.
 */
function refuseForeignPages(request: FastifyRequest, isOpen: boolean): void {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && hostOf(origin) !== host) {
    throw new SparkdeckError(
      'token.forbidden',
      `Pages of ${origin} are not answered here, only this server's own.`,
    );
  }
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new SparkdeckError(
      'token.forbidden',
      "Pages of other sites are not answered here, only this server's own. Type the address, or begin at /.",
    );
  }
  if (isOpen && !isLoopback(request.hostname)) {
    throw new SparkdeckError(
      'token.forbidden',
      `Without authentication only requests to localhost are answered, not to ${request.hostname}.`,
    );
  }
}

function tokenOf(authorization: string | undefined): string | undefined {
  const [, scheme, value] = /^(bearer|basic) +([\w+/=.~-]+)$/i.exec(authorization?.trim() ?? '') ?? [];
  if (value === undefined) return undefined;
  if (scheme?.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
