import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBackend } from '../../server/client/connectBackend.ts';
import { CliProcess, runCliProcess, type CliRun } from '../support/cliProcess.ts';
import { installTimeout, testRuntime } from './support/runtime.ts';

const example = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const small = ['--driver-memory', '512m', '--executor-memory', '512m'];

/** Tells what it was given and ends as it is told: a driver without Spark is enough for most of this. */
const parrot = `
import os, sys
print("args", sys.argv[1:])
print("at", os.getcwd(), os.environ.get("PROBE"))
sys.exit(int(sys.argv[-1]))
`;

describe('the command line, with a real Spark', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  let env: NodeJS.ProcessEnv;
  const sparkdeck = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env, cwd: folder });

  before(async function () {
    this.timeout(installTimeout);
    const runtime = await testRuntime();
    folder = await mkdtemp(join(tmpdir(), "sparkdeck 'cli' ü "));
    env = {
      ...process.env,
      SPARKDECK_HOME: join(folder, 'data'),
      SPARK_HOME: runtime.spark.home,
      PYSPARK_PYTHON: runtime.python.path,
      JAVA_HOME: runtime.java.home,
    };
    delete env['INIT_CWD'];
    await writeFile(join(folder, 'parrot.py'), parrot);
  });

  after(async () => {
    const run = await sparkdeck('stop', '--all');
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    assert.equal(run.exitCode, 0, run.stderr);
  });

  it('finds itself ready', async () => {
    const run = await sparkdeck('doctor');
    assert.match(run.stdout, /^Ready\./m);
    assert.equal(run.exitCode, 0);
  });

  it('starts a cluster and counts words on it, and shows how that went', async () => {
    const started = await sparkdeck('clusters', 'start', 'small', '--cores', '2', '--memory', '1g');
    assert.match(
      started.stdout,
      /^Cluster small runs at spark:\/\/127\.0\.0\.1:\d+: 1 worker with 2 cores and 1g\./,
    );

    const run = await sparkdeck('submit', ...small, '--wait', example('word_count.py'));
    assert.equal(run.exitCode, 0, run.stderr);
    assert.match(run.stdout, /^ {2}alice +398$/m);
    assert.match(run.stderr, /^Batch \d+ submitted to small\.\nBatch \d+ ended after .*: success\n$/);
    assert.ok(!`${run.stdout}${run.stderr}`.includes('\x1b'), 'no colours in a pipe');

    const id = /^Batch (\d+)/.exec(run.stderr)?.[1] ?? '';
    const shown = await sparkdeck('show', id);
    assert.match(shown.stdout, /^Application +app-\S+$/m);
    assert.match(shown.stdout, /^job 0 +succeeded +1\/1 tasks .* first at word_count\.py:\d+$/m);
    assert.match(
      (await sparkdeck('show', id, '--command')).stdout,
      /spark-submit .*--master spark:.*word_count\.py/,
    );
    const cluster = await sparkdeck('clusters', 'show', 'small');
    assert.match(cluster.stdout, /^app-\S+ +FINISHED .* Word count$/m);
    assert.match((await sparkdeck('logs', id, '--stream', 'stderr')).stdout, /Running Spark version/);
  });

  it('passes on arguments, exit code, working folder and environment, and reruns with changes', async () => {
    const args = ['submit', ...small, '--master', 'local[1]', '--env', 'PROBE=a b', '--wait'];
    const run = await sparkdeck(...args, 'parrot.py', '--conf', '--wait', "it's", '$HOME', '', '3');
    assert.equal(run.stdout, `args ['--conf', '--wait', "it's", '$HOME', '', '3']\nat ${folder} a b\n`);
    assert.equal(run.exitCode, 3);

    const id = /^Batch (\d+)/.exec(run.stderr)?.[1] ?? '';
    const again = await sparkdeck('rerun', id, '--wait', '--env', 'PROBE=c', 'only', '0');
    assert.equal(again.stdout, `args ['only', '0']\nat ${folder} c\n`);
    assert.equal(again.exitCode, 0);
    assert.equal(
      (await sparkdeck('logs', id, '--stream', 'stdout', '--tail', '1')).stdout,
      `at ${folder} a b\n`,
    );

    assert.equal((await sparkdeck('logs', id, '--grep', 'AT /', '-i')).stdout, `at ${folder} a b\n`);
    assert.deepEqual(await sparkdeck('logs', id, '--grep', 'AT /'), { stdout: '', stderr: '', exitCode: 1 });

    assert.equal((await sparkdeck('remove', id)).exitCode, 0);
    assert.match((await sparkdeck('show', id)).stderr, /^Error: /);
  });

  it('writes what a program wrote, byte by byte', async () => {
    const bytes = Buffer.concat([
      Buffer.from('r\u00e9sum\u00e9\n', 'latin1'),
      Buffer.from([...Array(256).keys()]),
    ]);
    const program = `import sys, time
data = bytes.fromhex('${bytes.toString('hex')}')
sys.stdout.buffer.write(data + b'\\xc3')
sys.stdout.flush()
time.sleep(0.5)
sys.stdout.buffer.write(data)
`;
    await writeFile(join(folder, 'binary.py'), program);
    const written = Buffer.concat([bytes, Buffer.from([0xc3]), bytes]);
    const run = new CliProcess(['submit', ...small, '--wait', '--master', 'local[1]', 'binary.py'], {
      env,
      cwd: folder,
    });
    const pieces: Buffer[] = [];
    run.child.stdout
      ?.removeAllListeners('data')
      .on('data', (piece: string) => pieces.push(Buffer.from(piece, 'latin1')));
    run.child.stdout?.setEncoding('latin1');
    const { exitCode, stderr } = await run.ended();
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(Buffer.concat(pieces), written);

    const id = /^Batch (\d+)/.exec(stderr)?.[1] ?? '';
    for (const more of [[], ['--follow'], ['--tail', '100']]) {
      const args = ['logs', id, '--stream', 'stdout', ...more];
      const logs = new CliProcess(args, { env, cwd: folder });
      const got: Buffer[] = [];
      logs.child.stdout
        ?.removeAllListeners('data')
        .on('data', (piece: string) => got.push(Buffer.from(piece, 'latin1')));
      logs.child.stdout?.setEncoding('latin1');
      await logs.ended();
      assert.deepEqual(Buffer.concat(got), written, args.join(' '));
    }
  });

  it('tells a program of every step with --json', async () => {
    const run = await sparkdeck(
      'submit',
      ...small,
      '--master',
      'local[1]',
      '--wait',
      '--json',
      'parrot.py',
      '0',
    );
    const events = run.stdout
      .trimEnd()
      .split('\n')
      .map((line): { event: string; text?: string } => JSON.parse(line));
    assert.equal(events.at(0)?.event, 'submitted');
    assert.equal(events.at(-1)?.event, 'ended');
    const output = events.filter(({ event }) => event === 'output').map(({ text }) => text);
    assert.equal(output.join(''), `args ['0']\nat ${folder} None\n`);
    assert.equal(run.stderr, '');
  });

  it("shows a failure's traceback and Spark's own words, and exits with 1", async () => {
    const run = await sparkdeck('submit', ...small, '--wait', example('failing.py'));
    assert.equal(run.exitCode, 1);
    assert.match(run.stdout, /failing\.py", line \d+, in to_celsius/);
    assert.match(run.stderr, /^Of Spark's log/m);
    assert.match(run.stderr, /ended after .*: dead: .*could not convert string to float/);

    const id = /^Batch (\d+)/.exec(run.stderr)?.[1] ?? '';
    const { stdout } = await sparkdeck('problems', id);
    assert.match(stdout, /^\/.*\/failing\.py:\d+(:\d+)?: error: .*could not convert string to float/);
    assert.match(stdout, /^ {2}at \/.*\/failing\.py:\d+ in to_celsius$/m);
    const documents = ['problems', 'show'].map(command => sparkdeck(command, id, '--json'));
    const [alone, shown] = (await Promise.all(documents)).map(
      (document): { problems: { message: string; line: number }[] } => JSON.parse(document.stdout),
    );
    assert.match(alone?.problems[0]?.message ?? '', /could not convert string to float/);
    assert.deepEqual(shown?.problems, alone?.problems);
  });

  it('queues what is more than may run, and moves it about in the queue', async () => {
    await sparkdeck('settings', '--max-running', '1');
    const submit = async (...args: string[]): Promise<string> => {
      const run = await sparkdeck('submit', ...small, '--master', 'local[1]', '--json', ...args);
      const { id }: { id: number } = JSON.parse(run.stdout);
      return String(id);
    };
    const running = await submit(example('slow.py'), '500', '1');
    const waiting = [await submit('parrot.py', '0'), await submit('parrot.py', '0')];
    assert.match((await sparkdeck('list')).stdout, /^ *\d+  queued 2 .*\n *\d+  queued 1 /m);
    const last = waiting[1] ?? '';
    assert.equal((await sparkdeck('move', last, '1')).stdout, `Batch ${last} is number 1 of the queue.\n`);
    assert.match((await sparkdeck('show', last)).stdout, /^State +queued 1$/m);
    for (const id of [...waiting, running]) await sparkdeck('kill', id);
    assert.match((await sparkdeck('move', last, '1')).stderr, /waits in no queue/);
    await sparkdeck('settings', '--max-running', 'default');
  });

  it('follows on when the backend is killed, and Ctrl-C kills the batch', async () => {
    const following = new CliProcess(['submit', ...small, '--wait', example('slow.py'), '500', '1'], {
      env,
      cwd: folder,
    });
    await following.untilStdout(/500 tasks/);
    const id = /^Batch (\d+)/.exec(following.stderr)?.[1] ?? '';
    process.kill(await backendPid(), 'SIGKILL');
    following.child.kill('SIGINT');
    const run = await following.ended();
    assert.equal(run.exitCode, 130);
    assert.match(run.stderr, /ended after .*: killed/);
    const killed: { batch: { state: string } } = JSON.parse((await sparkdeck('show', id, '--json')).stdout);
    assert.equal(killed.batch.state, 'killed');
    assert.match((await sparkdeck('kill', id)).stdout, /: killed/);
  });

  async function backendPid(): Promise<number> {
    const client = await connectBackend({ dataFolder: join(folder, 'data') });
    try {
      return (await client.request('backend/status', {})).pid;
    } finally {
      client.close();
    }
  }
});
