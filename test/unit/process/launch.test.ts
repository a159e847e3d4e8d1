import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  claimLaunch,
  exitFile,
  hasNotBegun,
  launch,
  readExit,
  readGroup,
  type Command,
} from '../../../server/process/launch.ts';
import { endMarked, findMarked, isMarkedAlive } from '../../../server/process/marked.ts';

const wrapper = fileURLToPath(new URL('../../../server/process/launch.sh', import.meta.url));

describe('process/launch', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'sparkdeck launch "é" ')), 'one');
  });
  afterEach(async () => {
    await endMarked(folder, 0);
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  const sh = (script: string, ...args: string[]): Command => ({
    program: '/bin/sh',
    args: ['-c', script, 'sh', ...args],
    env: { PATH: process.env['PATH'] ?? '' },
    workingFolder: tmpdir(),
  });
  const run = (command: Command): Promise<void> =>
    new Promise(resolve => {
      launch(command, folder, 1, () => resolve());
    });

  it('keeps output and exit code in files', async () => {
    await run(sh('echo out; echo err >&2; exit 7'));
    assert.equal(readExit(folder), 7);
    assert.equal(readFileSync(join(folder, 'stdout.log'), 'utf8'), 'out\n');
    assert.equal(readFileSync(join(folder, 'stderr.log'), 'utf8'), 'err\n');
  });

  it('gives arguments as they are', async () => {
    await run(sh(String.raw`printf '%s|' "$@"`, 'a b', '"', "'", '$HOME', 'ü', '*', ''));
    assert.equal(readFileSync(join(folder, 'stdout.log'), 'utf8'), `a b|"|'|$HOME|ü|*||`);
  });

  it('keeps variables whatever their names, and adds none of its own', async () => {
    const env = {
      'app.profile': 'prod',
      'APP-ID': '7',
      'with blank': 'x',
      claim: 'c',
      exit_file: 'e',
      code: '3',
      ü: 'é',
    };
    await run({
      program: process.execPath,
      args: ['-p', 'JSON.stringify(process.env)'],
      env,
      workingFolder: tmpdir(),
    });
    const seen: unknown = JSON.parse(readFileSync(join(folder, 'stdout.log'), 'utf8'));
    assert.deepEqual(
      { ...env, _: process.execPath, PWD: tmpdir(), SPARKDECK_LAUNCH: folder },
      { ...(typeof seen === 'object' && seen) },
    );
  });

  it('says nothing of a program that a signal ends', async () => {
    await run(sh('kill -9 $$'));
    assert.equal(readFileSync(join(folder, 'stderr.log'), 'utf8'), '');
  });

  it('writes down the signal that ended the program', async () => {
    await run(sh('kill -9 $$'));
    assert.equal(readExit(folder), 128 + 9);
  });

  it('leaves word of a program that is not there', async () => {
    await run({ ...sh(''), program: join(folder, 'no such program') });
    assert.equal(readExit(folder), 127);
  });

  it('leaves word of a working folder that is not there', async () => {
    await run({ ...sh('exit 0'), workingFolder: join(folder, 'nowhere') });
    assert.equal(readExit(folder), 127);
    assert.match(
      readFileSync(join(folder, 'stderr.log'), 'utf8'),
      /could not start .*: its working folder .* is gone\n$/,
    );
    assert.equal(hasNotBegun(folder), false);
  });

  it('runs nothing when the launch was claimed before', async () => {
    await run(sh('exit 0'));
    const second = join(folder, '..', 'two');
    const first = folder;
    folder = second;
    mkdirSync(second);
    assert.equal(claimLaunch(second, 1), true);
    await run(sh('touch "$1"', join(first, 'ran')));
    assert.equal(existsSync(join(first, 'ran')), false);
    assert.equal(readExit(second), undefined);
  });

  it('can not be claimed once it has begun, and stays claimed by who came first', async () => {
    await run(sh('exit 0'));
    assert.equal(claimLaunch(folder, 1), false);
    assert.ok(Number(readGroup(folder, 1)) > 1);
    assert.deepEqual([claimLaunch(folder, 2), claimLaunch(folder, 2)], [true, true]);
    assert.equal(readGroup(folder, 2), undefined);
  });

  it('says so when it can not be claimed at all, and runs nothing', async () => {
    mkdirSync(folder);
    // Neither a link can be made there, nor is there one: what a full disk looks like.
    const command = sh('touch "$1"', join(folder, 'ran'));
    writeFileSync(exitFile(folder), ' '.repeat(8));
    const child = spawn(
      '/bin/sh',
      [wrapper, join(folder, 'nowhere', 'pid-1'), exitFile(folder), command.program, ...command.args],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
    );
    await once(child, 'exit');
    assert.deepEqual([readExit(folder), hasNotBegun(folder)], [126, true]);
    assert.equal(existsSync(join(folder, 'ran')), false);
  });

  it('ends every process of a launch, in whatever group, and then by force', async () => {
    const ready = fileAppears(folder, 'ready');
    launch(
      sh(
        String.raw`trap '' TERM; setsid sh -c ': > "$1"; while :; do sleep 0.2; done' sh "$1" & while :; do sleep 0.2; done`,
        join(folder, 'ready'),
      ),
      folder,
      1,
      () => undefined,
    );
    await ready;
    const group = readGroup(folder, 1);
    assert.ok(group !== undefined && isMarkedAlive(group, folder));
    const found = findMarked(folder);
    assert.ok(new Set(found.map(each => each.group)).size >= 2, 'a process has left the group');
    assert.equal(await endMarked(folder, 300), true);
    assert.deepEqual(findMarked(folder), []);
    assert.equal(isMarkedAlive(group, folder), false);
  });

  /** Starts itself anew as a daemon does: in a session of its own, with an empty environment, its parent gone. */
  const daemon = String.raw`[ "$1" = again ] || exec env -i setsid sh -c 'sh "$0" again "$1" & exit' "$0" "$1"
echo $$ >"$2.new"; mv "$2.new" "$2"; trap '' TERM HUP; while :; do sleep 0.2; done`;
  const daemonScript = (): string => {
    mkdirSync(folder, { recursive: true });
    const script = join(folder, 'daemon.sh');
    writeFileSync(script, daemon);
    return script;
  };
  const pidIn = (name: string): number => Number(readFileSync(join(folder, name), 'utf8'));

  it('ends daemons without its mark, whose parents are gone', async () => {
    const ready = fileAppears(folder, 'two');
    const [script, one, two] = [daemonScript(), join(folder, 'one'), join(folder, 'two')];
    launch(
      sh(
        'sh "$1" "$2"; while ! [ -e "$2" ]; do sleep 0.1; done; (sh "$1" "$3" &); sleep 600',
        script,
        one,
        two,
      ),
      folder,
      1,
      () => undefined,
    );
    await ready;
    const pids = [pidIn('one'), pidIn('two')];
    assert.equal(isMarkedAlive(pids[0] ?? 0, folder), false, 'it carries no mark');
    const found = new Set(findMarked(folder).map(({ pid }) => pid));
    assert.ok(pids.every(pid => found.has(pid)));
    assert.equal(await endMarked(folder, 200), true);
    assert.deepEqual(pids.filter(isThere), []);
    assert.deepEqual(findMarked(folder), []);
  });

  it('finds what a program has left behind after it has ended', async () => {
    const ready = fileAppears(folder, 'one');
    launch(sh('sh "$1" "$2"; exit 5', daemonScript(), join(folder, 'one')), folder, 1, () => undefined);
    await ready;
    while (readExit(folder) === undefined) await delay(20);
    assert.equal(readExit(folder), 5);
    const pid = pidIn('one');
    assert.ok(findMarked(folder).some(each => each.pid === pid));
    assert.equal(await endMarked(folder, 0), true);
    assert.equal(isThere(pid), false);
  });

  it('leaves alone what another launch has started from within', async () => {
    const ready = fileAppears(folder, 'one');
    const other = join(folder, 'other');
    const command =
      'SPARKDECK_LAUNCH="$1" setsid sh -c \'echo $$ >"$0.new"; mv "$0.new" "$0"; sleep 600\' "$2" & wait';
    launch(sh(command, other, join(folder, 'one')), folder, 1, () => undefined);
    await ready;
    const pid = pidIn('one');
    assert.equal(
      findMarked(folder).some(each => each.pid === pid),
      false,
    );
    process.kill(-pid, 'SIGKILL');
  });

  it('gives the program the environment as it is, and an empty error output', async () => {
    const odd = { UMLAUT: 'ü', PERL5OPT: '-Mno_such', LC_ALL: 'xx_XX.UTF-8', PYTHONHOME: '/nowhere' };
    const env = { PATH: process.env['PATH'] ?? '', ...odd };
    await run({ ...sh(''), program: 'env', args: ['-0'], env });
    const seen = readFileSync(join(folder, 'stdout.log'), 'utf8').split('\0').filter(Boolean);
    assert.equal(readFileSync(join(folder, 'stderr.log'), 'utf8'), '');
    for (const [name, value] of Object.entries(env)) assert.ok(seen.includes(`${name}=${value}`), name);
    const own = new Set([...Object.keys(env), 'SPARKDECK_LAUNCH', 'PWD', 'OLDPWD', '_', 'SHLVL']);
    assert.deepEqual(
      seen.filter(each => !own.has(each.split('=')[0] ?? '')),
      [],
    );
  });

  it('starts a program whose PATH holds none of the programs that a launch needs', async () => {
    await run({ ...sh('echo "$PATH"'), env: { PATH: '/nowhere' } });
    assert.equal(readFileSync(join(folder, 'stdout.log'), 'utf8'), '/nowhere\n');
    assert.equal(readFileSync(join(folder, 'stderr.log'), 'utf8'), '');
    assert.equal(readExit(folder), 0);
  });

  it("does not take another launch's process, or a reused id, for its own", () => {
    assert.equal(isMarkedAlive(process.pid, folder), false);
    assert.deepEqual(findMarked(folder), []);
  });
});

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

async function fileAppears(folder: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await new Promise<void>(resolve => {
    const watcher = watch(folder, (_, changed) => {
      if (changed !== name) return;
      watcher.close();
      resolve();
    });
  });
}
