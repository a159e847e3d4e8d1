import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgressSource } from '../../../../server/batches/progress/progressSource.ts';

/** In place of a driver that counts the questions; the real one is asked in test/spark. */
describe('batches/progress/progressSource', () => {
  it('leaves a driver alone while it starts, whichever way the clock is moved', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-events-'));
    let questions = 0;
    const server = createServer((_, response) => {
      questions++;
      response.setHeader('content-type', 'application/json').end('[]');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address);
    const source = new ProgressSource(folder);
    const asksAt = async (age: number): Promise<boolean> => {
      questions = 0;
      await source.read({
        id: 1,
        state: 'running',
        appId: 'app-1',
        sparkUiUrl: `http://127.0.0.1:${address.port}`,
        transitions: [{ state: 'running', at: Date.now() - age }],
      });
      return questions > 0;
    };
    try {
      assert.equal(await asksAt(0), false);
      assert.equal(await asksAt(4000), false);
      assert.equal(await asksAt(5000), true);
      assert.equal(await asksAt(60_000), true);
      assert.equal(await asksAt(-3_600_000), true);
    } finally {
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    }
  });
});
