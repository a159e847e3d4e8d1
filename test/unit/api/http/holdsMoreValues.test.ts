import assert from 'node:assert/strict';
import { holdsMoreValues } from '../../../../server/api/http/holdsMoreValues.ts';
import { TestServer } from './support/testServer.ts';

describe('api/http/holdsMoreValues', () => {
  for (const [text, most, expected] of [
    ['[1,2,3]', 3, false],
    ['[1,2,3]', 2, true],
    ['{"a":{"b":[]}}', 3, false],
    ['{"a":{"b":[]}}', 2, true],
    ['"[[[[,,,,{{{"', 0, false],
    ['"\\",\\\\",[', 1, true],
    ['['.repeat(1000), 999, true],
  ] as const) {
    it(`${text.slice(0, 20)} against ${most}`, () => assert.equal(holdsMoreValues(text, most), expected));
  }

  it('refuses such a body, and takes a long text', async () => {
    const server = await TestServer.open({ auth: false });
    try {
      const file = server.script('job.py', 'true');
      const ask = (args: string[]) =>
        server.ask('POST', '/api/sparkdeck/v1/batches', {
          body: { file, args, conf: { 'spark.master': 'local[1]' } },
        });
      assert.equal((await ask(Array.from({ length: 20_000 }, () => ''))).status, 413);
      assert.equal((await ask([','.repeat(100_000)])).status, 201);
    } finally {
      await server.close();
    }
  });
});
