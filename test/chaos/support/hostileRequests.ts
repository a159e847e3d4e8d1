import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';

export interface Hostile {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

const Parameter = Type.Object({ name: Type.String(), in: Type.String() });
const Operation = Type.Object({
  parameters: Type.Optional(Type.Array(Parameter)),
  requestBody: Type.Optional(Type.Unknown()),
});
const Document = Type.Object({
  paths: Type.Record(Type.String(), Type.Record(Type.String(), Operation)),
});

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** It would download Spark. */
const leftOut: ReadonlySet<string> = new Set(['POST /api/sparkdeck/v1/runtimes']);

const values = [
  '-1',
  '0',
  '1',
  '100000',
  '2147483648',
  '9007199254740991',
  '1e308',
  '9'.repeat(400),
  'NaN',
  '',
  'true',
  '%00',
  '..%2f'.repeat(50),
  'x'.repeat(6000),
  '%F0%9F%92%A5',
];
const megabyte = 2 ** 20;
const bodies: readonly string[] = [
  '{}',
  'null',
  '['.repeat(megabyte - 100),
  '{"a":'.repeat(200_000),
  JSON.stringify({ file: 'x'.repeat(megabyte - 100) }),
  JSON.stringify({ name: 'x'.repeat(megabyte - 100) }),
  JSON.stringify({ file: '/x.py', args: Array.from({ length: 300_000 }, () => '') }),
  JSON.stringify({
    file: '/x.py',
    conf: Object.fromEntries(Array.from({ length: 70_000 }, (_, n) => [`k${n}`, ''])),
  }),
  JSON.stringify({ changes: Object.fromEntries(Array.from({ length: 70_000 }, (_, n) => [`k${n}`, ''])) }),
  `{"limit":${'9'.repeat(100_000)}}`,
  `"${'\\u0000'.repeat(170_000)}"`,
  'x'.repeat(2 * megabyte),
];

/**
 * For each route that a document of OpenAPI names, requests with sizes that nobody needs: in its path, in each part of its
 * query, and as its body.
 * @param id of a batch that is there
 */
export function hostileRequests(document: unknown, id: number): Map<string, Hostile[]> {
  const { paths } = Value.Parse(Document, document);
  const found = new Map<string, Hostile[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of methods) {
      const operation = operations[method.toLowerCase()];
      const route = `${method} ${path}`;
      if (operation && !leftOut.has(route)) found.set(route, [...requests(method, path, operation, id)]);
    }
  }
  return found;
}

function* requests(
  method: Hostile['method'],
  path: string,
  { parameters = [], requestBody }: Static<typeof Operation>,
  id: number,
): Generator<Hostile> {
  // What is removed or ended is one that isn't there.
  const usual = path.replaceAll(/\{[^}]*\}/g, method === 'GET' ? String(id) : '987654321');
  const names = parameters.filter(({ in: where }) => where === 'query').map(({ name }) => name);
  yield { method, path: usual };
  if (path.includes('{')) {
    for (const value of values.filter(each => each !== '')) {
      if (method === 'GET' || value !== String(id))
        yield { method, path: path.replaceAll(/\{[^}]*\}/g, value) };
    }
  }
  for (const name of names) {
    for (const value of values) yield { method, path: `${usual}?${name}=${value}` };
    yield { method, path: `${usual}?${Array.from({ length: 1000 }, () => `${name}=1`).join('&')}` };
  }
  // All at once, since one alone may lack what another needs.
  const all = (value: string): string => names.map(name => `${name}=${value}`).join('&');
  for (const value of ['-1', '1', '9007199254740991']) yield { method, path: `${usual}?${all(value)}` };
  for (const value of ['-1', '10000000']) yield { method, path: `${usual}?from=0&size=${value}` };
  const headers = { 'content-type': 'application/json' };
  if (requestBody !== undefined) for (const body of bodies) yield { method, path: usual, headers, body };
}
