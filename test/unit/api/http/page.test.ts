import assert from 'node:assert/strict';
import { TestServer } from './support/testServer.ts';

describe('api/http: the page', () => {
  let server: TestServer;
  before(async () => {
    server = await TestServer.open({ auth: true });
  });
  after(async () => server.close());

  it('and all that it refers to are there without a token, of the right type, and run nothing from elsewhere', async () => {
    const known = new Set(['/']);
    const types: Record<string, RegExp> = { js: /^text\/javascript/, css: /^text\/css/, svg: /^image\/svg/ };
    for (const path of known) {
      const { status, headers, text } = await server.ask('GET', path);
      assert.equal(status, 200, path);
      assert.match(String(headers['content-type']), types[path.split('.')[1] ?? ''] ?? /^text\/html/, path);
      assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self'; /);
      assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/, path);
      assert.doesNotMatch(text, / (style|on\w+)="|<script>|<style>/, path);
      for (const [, at] of text.matchAll(/(?:src|href)="(\/[^"]+)"/g)) known.add(at ?? '');
      for (const [, name] of text.matchAll(/^import .* from '\.\/(.+)';$/gm)) known.add(`/page/${name}`);
    }
    assert.ok(known.size > 10, [...known].join(' '));
  });

  it('has no other files, and takes nothing', async () => {
    for (const path of [
      '/page/page.ts',
      '/page/tsconfig.json',
      '/page/../page.ts',
      '/page/%2e%2e/createApp.ts',
    ]) {
      assert.equal((await server.ask('GET', path)).status, 401, path);
    }
    const { status, headers } = await server.ask('POST', '/', {
      body: {},
      token: server.token({ role: 'viewer' }),
    });
    assert.deepEqual([status, headers['allow']], [405, 'GET, HEAD']);
  });
});
