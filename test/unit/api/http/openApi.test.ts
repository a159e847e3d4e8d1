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
