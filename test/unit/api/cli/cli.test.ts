import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliProcess, runCliProcess, type CliRun } from '../../../support/cliProcess.ts';
import type { BackendClient } from '../../../../server/client/backendClient.ts';
import { connectBackend } from '../../../../server/client/connectBackend.ts';

describe('the command line, with a real backend and no Spark', function () {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  const served: ChildProcess[] = [];
  const sparkdeck = (...args: string[]): Promise<CliRun> => runCliProcess(args, { env, cwd: folder });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sparkdeck cli ü '));
    env = { ...process.env, SPARKDECK_HOME: join(folder, 'data') };
    delete env['INIT_CWD'];
  });

  after(async () => {
    for (const child of served) child.kill('SIGKILL');
    await sparkdeck('stop');
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  it('says that no backend runs, and starts none for that', async () => {
    const run = await sparkdeck('stop');
    assert.equal(run.stdout, `No backend runs on ${join(folder, 'data')}.\n`);
    assert.equal(run.exitCode, 0);
  });

  it('starts the backend by itself and says what to do when there is nothing', async () => {
    const batches = await sparkdeck('list');
    assert.deepEqual(batches, {
      exitCode: 0,
      stdout: 'There are no batches. Submit one: sparkdeck submit FILE\n',
      stderr: '',
    });
    const clusters = await sparkdeck('clusters');
    assert.match(clusters.stdout, /^There are no clusters\. Start one: sparkdeck clusters start NAME$/m);
  });

  it('prints JSON that a program can read', async () => {
    const run = await sparkdeck('list', '--json');
    const { batches, total }: { batches: unknown; total: unknown } = JSON.parse(run.stdout);
    assert.deepEqual([batches, total], [[], 0]);
  });

  it('takes the data folder from --data, before or after the command', async () => {
    const other = join(folder, 'other data');
    for (const args of [
      ['--data', other, 'stop'],
      ['stop', '--data', 'other data'],
    ]) {
      assert.equal((await sparkdeck(...args)).stdout, `No backend runs on ${other}.\n`);
    }
  });

  it('keeps the settings of the data folder', async () => {
    const set = await sparkdeck('settings', '--max-running', '3', '--keep-days', '0.5', '--json');
    assert.deepEqual(JSON.parse(set.stdout), { maxRunning: 3, keepDays: 0.5 });
    const shown = await sparkdeck('settings', '--max-running', 'default');
    assert.match(shown.stdout, /^Batches that run at once +default: /m);
    assert.match(shown.stdout, /^Days they are kept +0\.5$/m);
    assert.equal((await sparkdeck('settings', '--keep-days', 'default')).exitCode, 0);
  });

  const usageErrors: [string[], RegExp][] = [
    [['submit'], /^Error: Missing required argument 'file'$/m],
    [['submit', '--driver-memory', 'lots', 'a.py'], /such as 512m or 2g/],
    [['submit', '--conf', 'spark.a', 'a.py'], /KEY=VALUE/],
    [['show', 'x'], /whole number/],
    [['settings', '--max-running', '0'], /at least 1/],
    [['logs', '1', '--grep', 'x', '--follow'], /cannot be used with/],
    [['list', '--state', 'asleep'], /Allowed choices are not_started/],
    [['frobnicate'], /^Error: Unknown command 'frobnicate'$/m],
    [['list', '--frobnicate'], /^Error: Unknown option '--frobnicate'$/m],
    [['rerun', '1', '--frobnicate'], /^Error: Unknown option '--frobnicate'$/m],
    [[], /^Usage: sparkdeck /m],
  ];
  for (const [args, message] of usageErrors) {
    it(`exits with 2 and says why: sparkdeck ${args.join(' ')}`, async () => {
      const run = await sparkdeck(...args);
      assert.equal(run.exitCode, 2, run.stderr);
      assert.match(run.stderr, message);
      assert.equal(run.stdout, '');
    });
  }

  it('exits with 1 and a message on stderr when something fails', async () => {
    const run = await sparkdeck('show', '4711');
    assert.equal(run.exitCode, 1);
    assert.match(run.stderr, /^Error: .*4711/);
    assert.equal(run.stdout, '');
  });

  it('prints a failure as JSON on stdout with --json, and nothing beside it', async () => {
    const run = await sparkdeck('show', '4711', '--json');
    const { error }: { error: { code: string; message: string } } = JSON.parse(run.stdout);
    assert.equal(error.code, 'batch.missing');
    assert.match(error.message, /4711/);
    assert.deepEqual([run.exitCode, run.stderr], [1, '']);
  });

  it('refuses a file that is not there, by its absolute path', async () => {
    const run = await sparkdeck('submit', '--master', 'local[1]', 'missing.py');
    assert.equal(run.exitCode, 1);
    assert.ok(run.stderr.includes(join(folder, 'missing.py')), run.stderr);
    assert.match((await sparkdeck('list')).stdout, /There are no batches/);
  });

  it('ends quietly when its reader goes away', async () => {
    const main = fileURLToPath(new URL('../../../../server/api/cli/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, 'doctor', '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [exitCode] = await once(child, 'close');
    assert.equal(stderr, '');
    assert.equal(exitCode, 141);
  });

  /** A program that fails to await something whenever it gets SIGUSR2. */
  const forgetful =
    'data:text/javascript,process.on("SIGUSR2", () => { Promise.reject(new Error("forgotten")); })';
  const serving = async (
    stderr: 'pipe' | number,
  ): Promise<{ child: ChildProcess; address: string; isUp: () => Promise<boolean> }> => {
    const main = fileURLToPath(new URL('../../../../server/api/cli/main.ts', import.meta.url));
    const data = join(folder, `served ${Math.random()}`);
    const args = ['--import', forgetful, main, 'serve', '--port', '0', '--no-auth', '--json', '--data', data];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', stderr] });
    served.push(child);
    const [told] = await once(child.stdout ?? child, 'data');
    const { address }: { address: string } = JSON.parse(String(told));
    return { child, address, isUp: async () => (await fetch(`${address}/healthz`)).ok };
  };
  const stopped = async (child: ChildProcess): Promise<void> => {
    child.kill();
    const [exitCode] = await once(child, 'exit');
    assert.equal(exitCode, 0);
  };

  it('serves on when nobody reads any more what it says', async () => {
    const { child, isUp } = await serving('pipe');
    child.stdout?.destroy();
    child.stderr?.destroy();
    for (let requests = 0; requests < 3; requests++) assert.ok(await isUp());
    await stopped(child);
  });

  it('serves on when there is no room for its log', async () => {
    const full = openSync('/dev/full', 'w');
    const { child, isUp } = await serving(full);
    closeSync(full);
    for (let requests = 0; requests < 3; requests++) assert.ok(await isUp());
    await stopped(child);
  });

  it('serves on when something was not awaited, and says so', async () => {
    const { child, isUp } = await serving('pipe');
    child.kill('SIGUSR2');
    for (let text = ''; !text.includes('unhandled: Error: forgotten');) {
      const [more] = await once(child.stderr ?? child, 'data');
      text += String(more);
    }
    assert.ok(await isUp());
    await stopped(child);
  });

  it('serves in the foreground until it is told to stop, and one backend a folder', async () => {
    const data = join(folder, 'served');
    const serving = new CliProcess(['serve', '--data', data], { env });
    await serving.untilStdout(/^The backend serves .*served/m);
    const second = await runCliProcess(['serve', '--data', data], { env });
    assert.equal(second.exitCode, 1);
    assert.match(second.stderr, /Another backend already serves/);
    assert.equal((await sparkdeck('list', '--data', data)).exitCode, 0);
    serving.child.kill('SIGINT');
    assert.equal((await serving.ended()).exitCode, 0);
    assert.match((await sparkdeck('stop', '--data', data)).stdout, /^No backend runs/);
  });

  it('takes the place of a backend that a command started by the way, whose clients come back to it', async () => {
    const data = join(folder, 'taken over');
    assert.equal((await sparkdeck('list', '--data', data)).exitCode, 0);
    const pidOf = async (client: BackendClient): Promise<number> =>
      (await client.request('backend/status', {})).pid;
    const before = await connectBackend({ dataFolder: data });
    const first = await pidOf(before);
    const serving = new CliProcess(['serve', '--data', data], { env });
    await serving.untilStdout(/^The backend serves /m);
    await before.closed;
    const after = await connectBackend({ dataFolder: data });
    const second = await pidOf(after);
    assert.deepEqual([second, second === first], [serving.child.pid, false]);
    after.close();
    serving.child.kill('SIGINT');
    assert.equal((await serving.ended()).exitCode, 0);
  });
});
