import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BatchTable } from '../../../server/batches/batchTable.ts';
import type { Batch } from '../../../server/protocol/batch.ts';
import { Changes } from '../../../server/store/changes.ts';
import { markFilled, openDatabase } from '../../../server/store/database.ts';
import { TestServer } from '../api/http/support/testServer.ts';

const support = fileURLToPath(new URL('../api/http/support/testServer.ts', import.meta.url));
const conf = { 'spark.master': 'local[1]' };

describe('batches/launcher', () => {
  it('starts a batch once, later, when no file could be opened at any step of its launch', function () {
    this.timeout(120_000);
    const program = `
      import { openSync, closeSync, mkdirSync, readFileSync } from 'node:fs';
      import { TestServer } from '${support}';
      const server = await TestServer.open({ auth: false });
      const { batches, settings } = server.rooms;
      const go = server.folder + '/go';
      const wait = server.script('wait.py', 'while ! [ -d ' + go + ' ]; do sleep 0.1; done');
      const ran = server.script('ran', '');
      const job = server.script('job.py', 'echo "$1" >>' + ran);
      const submit = (file, args = []) => batches.submit({ request: { file, args, conf: ${JSON.stringify(conf)} } });
      settings.set({ maxRunning: 1 });
      await submit(wait);
      const waiting = [];
      for (let n = 0; n <= 8; n += 1) waiting.push((await submit(job, [String(n)])).id);
      const tick = () => new Promise(resolve => setTimeout(resolve, 20));
      for (let n = 0; n <= 8; n += 1) {
        const held = [];
        try { for (;;) held.push(openSync('/dev/null', 'r')); } catch {}
        for (const file of held.splice(0, n)) closeSync(file);
        settings.set({ maxRunning: n + 2 });
        batches.applyPolicy();
        await tick();
        for (const file of held) closeSync(file);
      }
      mkdirSync(go);
      const ends = [];
      for (const id of waiting) ends.push((await server.ended(id)).state);
      console.log(JSON.stringify({ ends, ran: readFileSync(ran, 'utf8').trim().split('\\n').sort(), log: server.log }));
      await server.close();`;
    const said = execFileSync(
      '/bin/sh',
      ['-c', 'ulimit -n 100; exec "$0" --input-type=module-typescript -e "$1"', process.execPath, program],
      { encoding: 'utf8', timeout: 110_000 },
    );
    const { ends, ran, log }: { ends: string[]; ran: string[]; log: string[] } = JSON.parse(said);
    assert.deepEqual(ends, Array(9).fill('success'), log.join('\n'));
    assert.deepEqual(ran, '012345678'.split(''), 'each ran once');
    assert.match(log.join('\n'), /can't be launched now: .*spawn .*EMFILE/);
    assert.match(log.join('\n'), /can't be launched now: .*spark\.conf/);
  });

  it('starts a batch later whose launch could not be claimed', async () => {
    const server = await TestServer.open({ auth: false });
    try {
      const folder = join(server.work, 'bin');
      const ran = server.script('ran', '');
      mkdirSync(folder);
      // As it is when nothing more can be written, or no process be made; the second time it can.
      const ln = `#!/bin/sh\n[ -d ${folder}/tried ] && exec /bin/ln "$@"\nmkdir ${folder}/tried; exit 1\n`;
      writeFileSync(join(folder, 'ln'), ln, { mode: 0o755 });
      const { id } = await server.rooms.batches.submit({
        request: {
          file: server.script('job.py', `echo ran >>${ran}`),
          conf,
          environment: { PATH: `${folder}:/usr/bin:/bin` },
        },
      });
      const { state, reason } = await server.ended(id);
      assert.equal(state, 'success', reason);
      assert.equal(readFileSync(ran, 'utf8'), 'ran\n');
    } finally {
      await server.close();
    }
  });

  it('ends a batch whose working folder went before it was started, and goes on', async () => {
    let left: Batch | undefined;
    const prepare = (folder: string): void => {
      const { database } = openDatabase(folder);
      markFilled(database);
      const table = new BatchTable(database, new Changes(), join(folder, 'batches'), () => undefined);
      const { batch } = table.add({
        request: { file: '/x.py', conf, workingFolder: join(dirname(folder), 'gone') },
        name: 'x',
        master: 'local[1]',
        runtime: {
          java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
          spark: { home: '/spark', version: '4.3.0', source: 'SPARK_HOME' },
          python: { path: '/python', version: '3.12.1', source: 'PATH' },
        },
        uiPort: 4040,
      });
      // What a backend leaves that ends between these words and the launch.
      left = table.update(batch.id, { state: 'starting', attempt: 1 }).batch;
      database.close();
    };
    const server = await TestServer.open({ auth: false, prepare });
    try {
      const { state, reason } = await server.ended(left?.id ?? 0);
      assert.equal(state, 'dead');
      assert.match(reason ?? '', /couldn't be started: the working folder .*gone is gone/);
    } finally {
      await server.close();
    }
  });
});
