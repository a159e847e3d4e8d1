import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../../../server/protocol/batch.ts';
import { ProgressSource } from '../../../../server/batches/progress/progressSource.ts';

/** In place of a driver that counts the questions; the real one is asked in test/spark. */
describe('batches/progress/progressSource', () => {
  it('says why nothing is known of an application without a log that can be read here', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-batch-'));
    const events = join(folder, 'events');
    const why = async (conf: string, batch: Partial<Batch> = {}): Promise<string | undefined> => {
      writeFileSync(join(folder, 'spark.conf'), conf);
      const source = new ProgressSource(events);
      const running = { id: 1, state: 'running' as const, transitions: [], ...batch };
      return (await source.read(running)).unavailable;
    };
    try {
      mkdirSync(events);
      const own = `spark.eventLog.enabled=true\nspark.eventLog.dir=file://${events}\n`;
      assert.equal(await why(own), undefined);
      assert.match((await why('spark.eventLog.enabled=false')) ?? '', /log is off\. Run it without/);
      assert.match(
        (await why('spark.eventLog.dir=hdfs:///logs')) ?? '',
        /in another folder\. Run it without/,
      );
      assert.match((await why(own, { appId: 'app-1' })) ?? '', /its program turns the event log off/);
      assert.match((await why('spark.eventLog.enabled=false', { state: 'success' })) ?? '', /log is off/);
      assert.equal(await why('spark.eventLog.enabled=false', { state: 'not_started' }), undefined);
      writeFileSync(join(events, 'local-1.lz4'), '');
      assert.match((await why(own)) ?? '', /compressed with lz4.*codec=zstd/);
      rmSync(join(events, 'local-1.lz4'));
      writeFileSync(join(events, 'local-1.zstd'), 'this is no zstd');
      assert.match((await why(own)) ?? '', /its event log is damaged/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tells of every application of a program that makes one after the other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sparkdeck-events-'));
    const logs = join(import.meta.dirname, '..', '..', 'fixtures', 'eventLogs');
    const ids = ['local-1795395109135', 'local-1795398031668'];
    try {
      cpSync(join(logs, 'compressed'), folder, { recursive: true });
      cpSync(join(logs, 'rolled'), folder, { recursive: true });
      const source = new ProgressSource(folder);
      const batch = { id: 1, state: 'success' as const, transitions: [] };
      for (let times = 0; times < 2; times++) {
        const { appId, appIds, jobs, tasks } = await source.read(batch);
        assert.equal(appId, ids[1]);
        assert.deepEqual(appIds, ids);
        assert.deepEqual(
          jobs.map(job => `${job.appId} ${job.id}`),
          ids.flatMap(id => [0, 1, 2].map(job => `${id} ${job}`)),
        );
        assert.equal(tasks.completed, 9 + 11);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

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
