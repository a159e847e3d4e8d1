import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TestServer } from './support/testServer.ts';

const committed = fileURLToPath(new URL('../../../../docs/openapi.json', import.meta.url));

describe('api/http: the OpenAPI document', () => {
  let server: TestServer;
  let document: unknown;
  before(async () => {
    server = await TestServer.open();
    document = (await server.ask('GET', '/openapi.json')).json;
  });
  after(async () => server.close());

  it('in docs/ is in step with the routes; otherwise type: npm run openapi', () => {
    assert.deepEqual(JSON.parse(readFileSync(committed, 'utf8')), document);
  });

  it("says what each path's parts are", () => {
    const {
      paths,
    }: { paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>> } =
      JSON.parse(JSON.stringify(document));
    for (const [path, methods] of Object.entries(paths)) {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? '').toSorted();
      for (const [method, { parameters = [] }] of Object.entries(methods)) {
        const told = parameters.filter(each => each.in === 'path').map(({ name }) => name);
        assert.deepEqual(told.toSorted(), parts, `${method} ${path}`);
      }
    }
  });

  it('names nothing that it does not hold', () => {
    const text = JSON.stringify(document);
    const { schemas }: { schemas: object } = JSON.parse(text).components;
    const referred = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(match => match[1] ?? '');
    assert.ok(referred.length > 100);
    assert.deepEqual(
      referred.filter(name => !Object.hasOwn(schemas, name)),
      [],
    );
    const unused = Object.keys(schemas).filter(name => !referred.includes(name));
    assert.deepEqual(unused, []);
  });
});
