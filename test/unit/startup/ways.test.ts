import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchRequest } from '../../../server/protocol/batch.ts';
import type { Runtime } from '../../../server/protocol/runtime.ts';
import { directCommand, quickStart } from '../../../server/startup/directCommand.ts';
import { union } from '../../../server/startup/trainClasses.ts';
import { unusual } from '../../../server/startup/unusual.ts';
import { warmKey, whyCold, wishFor } from '../../../server/startup/warmWish.ts';

const home = mkdtempSync(join(tmpdir(), 'sparkdeck-home-'));
after(() => rmSync(home, { recursive: true, force: true }));

const runtime: Runtime = {
  java: { home: '/java', version: 17, fullVersion: '17.0.1', source: 'PATH' },
  spark: { home, version: '4.3.0', source: 'SPARK_HOME' },
  python: { path: '/python', version: '3.12.1', source: 'PATH' },
};
const submit = {
  program: '/s/bin/spark-submit',
  args: ['--master', 'local', '/w/a.py', 'x'],
  env: { HOME: '/h', SPARK_LOCAL_DIRS: '/data/batches/1/scratch' },
  workingFolder: '/w',
};
const learned = { jvmArguments: ['-cp', '/s/jars/*', '-Xmx1g'], env: { PYTHONHASHSEED: '0' } };
const direct = directCommand(submit, { runtime, learned, heap: '2g', options: quickStart });

describe('startup: a driver', () => {
  it('is started directly with its own heap, and what the scripts would have set', () => {
    assert.equal(direct.program, '/java/bin/java');
    assert.deepEqual(direct.args, [
      ...['-cp', '/s/jars/*', '-Xmx2g', ...quickStart, 'org.apache.spark.deploy.SparkSubmit'],
      ...submit.args,
    ]);
    assert.deepEqual(direct.env, { ...submit.env, PYTHONHASHSEED: '0', PWD: '/w' });
  });

  it('is started by spark-submit where that could make something else of it', () => {
    const why = (env: Record<string, string>, conf: Record<string, string>): string | undefined =>
      unusual({ runtime, env, conf });
    assert.equal(why({ PATH: '/bin' }, { 'spark.executor.memory': '1g' }), undefined);
    assert.match(why({ SPARK_SUBMIT_OPTS: '-Dx' }, {}) ?? '', /SPARK_SUBMIT_OPTS is set/);
    assert.match(why({}, { 'spark.driver.extraJavaOptions': '-Dx' }) ?? '', /extraJavaOptions is set/);
    mkdirSync(join(home, 'conf'));
    writeFileSync(join(home, 'conf', 'spark-env.sh'), '');
    assert.match(why({}, {}) ?? '', /there is a spark-env.sh/);
  });

  it('that is warm takes what needs nothing else at its start', () => {
    assert.equal(
      whyCold({ file: '/w/a.py', args: ['b'] }, { 'spark.sql.shuffle.partitions': '2' }),
      undefined,
    );
    const cold: [BatchRequest, Record<string, string>, RegExp][] = [
      [{ file: '/w/a.jar' }, {}, /a jar/],
      [{ file: 's3a://b/a.py' }, {}, /is fetched/],
      [{ file: '/w/a.py', environment: { A: 'b' } }, {}, /environment of its own/],
      [{ file: '/w/a.py', pyFiles: ['/w/b.py'] }, {}, /it has pyFiles/],
      [{ file: '/w/a.py' }, { 'spark.jars.packages': 'a:b:1' }, /spark.jars.packages is read/],
      [{ file: '/w/a.py' }, { 'spark.hadoop.fs.x': '1' }, /spark.hadoop.fs.x is read/],
    ];
    for (const [request, conf, said] of cold) assert.match(whyCold(request, conf) ?? '', said);
  });

  it('is as good as another when heap, environment, folder and class path are the same', () => {
    const key = warmKey(direct, undefined, '');
    const other = (change: object): string => warmKey({ ...direct, ...change }, undefined, '');
    const heap = (wanted: string): string =>
      warmKey(directCommand(submit, { runtime, learned, heap: wanted, options: [] }), undefined, '');
    assert.equal(other({ env: { ...direct.env, SPARK_LOCAL_DIRS: '/data/batches/2/scratch' } }), key);
    assert.equal(heap('2g'), key);
    assert.notEqual(heap('1g'), key);
    assert.notEqual(warmKey(direct, '2', ''), key);
    assert.notEqual(warmKey(direct, undefined, 'site-packages 12'), key);
    assert.notEqual(other({ workingFolder: '/v' }), key);
    assert.notEqual(other({ env: { ...direct.env, A: 'b' } }), key);
  });

  it('that is kept warm has a scratch space of its own, and no batch', () => {
    const wish = wishFor(direct, { key: 'k', heap: 2 ** 31, cores: '2' });
    const { args, env } = wish.command('/data/warm/1', '/data/warm.sock');
    assert.equal(wish.key, 'k');
    assert.equal(args[args.indexOf('--driver-cores') + 1], '2');
    assert.equal(env['SPARK_LOCAL_DIRS'], '/data/warm/1/scratch');
    assert.match(args.at(-3) ?? '', /warm_driver\.py$/);
    assert.deepEqual(args.slice(-2), ['/data/warm.sock', '/data/warm/1']);
    assert.ok(!args.includes('/w/a.py'));
  });

  it('and its executors are archived together, each class once', () => {
    assert.equal(union('# head\na\nb\n', 'b\nc\n'), '# head\na\nb\nc\n');
  });
});
