import type { IncomingMessage } from 'node:http';
import { SparkdeckError } from '../../protocol/errors.ts';

/**
 * Refuses a head that two readers may understand differently: a proxy in front by one Host or token, and this server by
 * another. Node itself takes the first of two.
 * @throws SparkdeckError request.invalid
 */
export function checkHead({ rawHeaders, headers, url = '/' }: IncomingMessage): void {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map(name => name.toLowerCase());
  const twice = single.find(name => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) {
    throw new SparkdeckError('request.invalid', `The header ${twice} is there twice. Send it once.`);
  }
  // https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2: what a client sends to a proxy names the host in its first line.
  if (url.startsWith('/') || url === '*') return;
  if (URL.canParse(url) && new URL(url).host === headers.host?.toLowerCase()) return;
  throw new SparkdeckError(
    'request.invalid',
    'The first line of the request names another host than its header Host. Send the path alone.',
  );
}

/** Those by which it is decided who asks, for what, and how the body is read. */
const single = [
  'host',
  'authorization',
  'origin',
  'sec-fetch-site',
  'content-type',
  'content-length',
  'transfer-encoding',
  'idempotency-key',
  'last-event-id',
];
