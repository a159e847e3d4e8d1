import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMarked } from '../../../server/process/marked.ts';
import { WarmDrivers, type WarmWish } from '../../../server/startup/warmDrivers.ts';

/** Does what warm_driver.py does at the socket, in a fraction of a second: no Spark. It falls when it is told to. */
const standIn = `
const [socket, folder] = process.argv.slice(1);
const { connect } = require('node:net'), fs = require('node:fs');
const channel = connect(socket);
channel.on('close', () => { if (!global.taken) process.exit(0); });
channel.write(JSON.stringify({ slot: folder }) + '\\n');
setTimeout(() => channel.write('{"ready":true,"loaded":["json"],"absent":["numpy"]}\\n'), 50);
if (process.env.FALL) setTimeout(() => process.exit(1), Number(process.env.FALL));
channel.on('data', data => {
  const batch = JSON.parse(data);
  if (batch.args[0] === 'silent') return process.exit(1);
  try { fs.symlinkSync(process.pid + ' ' + folder, batch.claim); } catch { process.exit(0); }
  global.taken = true;
  channel.write('{"taken":true}\\n');
  fs.writeFileSync(batch.folder + '/ran', batch.args.join());
  setTimeout(() => process.exit(0), 200);
});
`;

describe('startup/warmDrivers', function () {
  this.timeout(60_000);
  const root = mkdtempSync(join(tmpdir(), 'sparkdeck-warm-'));
  let drivers: WarmDrivers;
  let size: number;
  let memory: number;
  const said: string[] = [];

  beforeEach(() => {
    size = 1;
    memory = 2 ** 40;
    drivers = new WarmDrivers({
      folder: join(root, 'warm'),
      socketFile: join(root, 'warm.sock'),
      address: path => ({ path, release: () => undefined }),
      isTaken: () => false,
      size: () => size,
      availableMemory: () => memory,
      log: line => said.push(line),
    });
  });
  afterEach(async () => {
    drivers.close();
    await until(() => running().length === 0);
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const running = (): string[] => {
    const folder = join(root, 'warm');
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.filter(name => findMarked(join(folder, name)).length > 0);
  };
  const wish = (key: string, env: Record<string, string> = {}): WarmWish => ({
    key,
    heap: 2 ** 30,
    command: (folder, socket) => ({
      program: process.execPath,
      args: ['-e', standIn, socket, folder],
      env,
      workingFolder: root,
    }),
  });
  let batches = 0;
  const batch = (...args: string[]): { claim: string; folder: string; args: string[]; env: {} } => {
    const folder = join(root, 'batches', String(++batches));
    mkdirSync(folder, { recursive: true });
    return { claim: join(folder, 'pid-1'), folder, args, env: {} };
  };

  it('gives one out, once, for what it was started for', async () => {
    await drivers.want(wish('a'));
    await until(() => drivers.ready === 1);
    assert.equal(drivers.take('b'), undefined);
    const driver = drivers.take('a');
    assert.ok(driver);
    assert.deepEqual(driver.modules, { loaded: new Set(['json']), absent: new Set(['numpy']) });
    assert.equal(drivers.take('a'), undefined);
    const given = batch('x', 'y');
    driver.hand(given, () => assert.fail('it was refused'));
    await until(() => existsSync(join(given.folder, 'ran')));
    assert.equal(readFileSync(join(given.folder, 'ran'), 'utf8'), 'x,y');
  });

  it('says when one ended without having taken the batch', async () => {
    await drivers.want(wish('a'));
    await until(() => drivers.ready === 1);
    await new Promise<void>(resolve => drivers.take('a')?.hand(batch('silent'), resolve));
  });

  it('makes room for the kind that is wanted now', async () => {
    await drivers.want(wish('a'));
    await until(() => drivers.ready === 1);
    await drivers.want(wish('b'));
    await until(() => drivers.ready === 1);
    assert.equal(drivers.take('a'), undefined);
    await until(() => running().length === 1);
    drivers.take('b')?.end();
  });

  it('replaces one that fell while it waited, and gives up one that never got warm', async () => {
    await drivers.want(wish('a', { FALL: '400' }));
    await until(() => drivers.ready === 1);
    const [first] = running();
    await until(() => running().some(name => name !== first) && drivers.ready === 1);
    size = 2;
    await drivers.want(wish('never', { FALL: '1' }));
    await until(() => said.includes('a warm driver ended before it was warm'));
    assert.equal(drivers.take('never'), undefined);
  });

  it('keeps none where there is no room or no memory for it', async () => {
    size = 0;
    await drivers.want(wish('a'));
    size = 1;
    memory = 2 ** 30;
    await drivers.want(wish('a'));
    assert.equal(drivers.starting, false);
    assert.match(said.at(-1) ?? '', /too little memory/);
  });

  it('ends those that wait when it closes, and what another left', async () => {
    await drivers.want(wish('a'));
    await until(() => drivers.ready === 1);
    drivers.close();
    await until(() => running().length === 0);
    mkdirSync(join(root, 'warm', 'left'), { recursive: true });
    mkdirSync(join(root, 'warm', 'used'), { recursive: true });
    drivers.sweep(new Set([join(root, 'warm', 'used')]));
    await until(() => !existsSync(join(root, 'warm', 'left')));
    assert.ok(existsSync(join(root, 'warm', 'used')));
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !condition() && Date.now() < end;)
    await new Promise(resolve => setTimeout(resolve, 20));
  assert.ok(condition(), `never: ${String(condition)}`);
}
