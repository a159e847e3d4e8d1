import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from '../../../server/protocol/runtime.ts';
import { Archives } from '../../../server/startup/archives.ts';

describe('startup/archives', () => {
  const root = mkdtempSync(join(tmpdir(), 'sparkdeck-archives-'));
  after(() => rmSync(root, { recursive: true, force: true }));
  let count = 0;
  const fresh = (): Archives => new Archives(join(root, String(++count)));
  const runtime = (name: string): Runtime => {
    const home = join(root, 'homes', name);
    mkdirSync(join(home, 'jars'), { recursive: true });
    return {
      java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
      spark: { home, version: '4.3.0', source: 'SPARK_HOME' },
      python: { path: '/python', version: '3.12.1', source: 'PATH' },
    };
  };
  const learned = { jvmArguments: ['-Xmx1g'], env: { A: 'b' } };
  const make = (folder: string): Promise<string> => {
    writeFileSync(join(folder, 'made'), 'an archive');
    return Promise.resolve(join(folder, 'made'));
  };

  it('keeps what was learned, and then the archive', async () => {
    const archives = fresh();
    const a = runtime('a');
    assert.deepEqual(archives.find(a), {});
    await archives.keepCommand(a, learned);
    assert.deepEqual(archives.find(a), { learned });
    assert.equal(await archives.makeArchive(a, make), true);
    assert.match(archives.find(a).archive ?? '', /classes\.jsa$/);
    assert.deepEqual(archives.find(runtime('b')), {});
  });

  it('begins anew when the jars change', async () => {
    const archives = fresh();
    const changing = runtime('changing');
    await archives.keepCommand(changing, learned);
    utimesSync(join(changing.spark.home, 'jars'), new Date(1), new Date(1));
    assert.deepEqual(archives.find(changing), {});
  });

  it('leaves the making to whoever is at it, and leaves nothing of one that failed', async () => {
    const archives = fresh();
    const a = runtime('a');
    await archives.keepCommand(a, learned);
    const folders: string[] = [];
    const failing = archives.makeArchive(a, async folder => {
      folders.push(folder);
      assert.equal(await archives.makeArchive(a, make), false);
      throw new Error('no space');
    });
    await assert.rejects(failing, /no space/);
    assert.deepEqual(archives.find(a), { learned });
    assert.equal(await archives.makeArchive(a, make), true);
  });

  it('keeps the three that were used last', async () => {
    const archives = fresh();
    const add = async (name: string): Promise<void> => {
      await archives.keepCommand(runtime(name), learned);
      await archives.makeArchive(runtime(name), make);
    };
    for (const name of ['a', 'b', 'c']) await add(name);
    const folder = join(root, String(count));
    for (const each of readdirSync(folder)) utimesSync(join(folder, each), new Date(1), new Date(1));
    archives.touch(runtime('a'));
    await add('d');
    const kept = ['a', 'b', 'c', 'd'].filter(name => archives.find(runtime(name)).archive);
    assert.equal(kept.length, 3);
    assert.ok(kept.includes('a') && kept.includes('d'), kept.join());
  });
});
