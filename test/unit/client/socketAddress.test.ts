import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOwner, makeDataFolder } from '../../../server/client/dataFolder.ts';
import { checkOwnSocket, socketAddress } from '../../../server/client/socketAddress.ts';

describe('client/socketAddress', () => {
  let temporary: string;
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'sparkdeck-address-'));
  });
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));
  const long = join('/', 'x'.repeat(120), 'backend.sock');
  const elsewhere = (): string => socketAddress(long, { platform: 'darwin', temporary }).path;

  it('is the socket itself when its path is short enough', () => {
    assert.equal(socketAddress('/data/backend.sock').path, '/data/backend.sock');
  });

  it('lies in a folder of this user alone where a long path has no other way', () => {
    const path = elsewhere();
    assert.ok(path.startsWith(temporary));
    assert.equal(path, elsewhere());
    assert.equal(lstatSync(join(path, '..')).mode & 0o777, 0o700);
  });

  it('refuses such a folder when it is open to others, or only points elsewhere', () => {
    const folder = join(elsewhere(), '..');
    chmodSync(folder, 0o770);
    assert.throws(elsewhere, { code: 'folder.unwritable', message: /isn't yours alone.*mode 770/ });
    rmSync(folder, { recursive: true });
    mkdirSync(join(temporary, 'other'), { mode: 0o700 });
    symlinkSync(join(temporary, 'other'), folder);
    assert.throws(elsewhere, { code: 'folder.unwritable' });
  });

  it("doesn't take another user's data folder, nor one in which others' files lie, nor by a link", () => {
    const folder = join(temporary, 'data');
    makeDataFolder(folder);
    checkOwner(folder);
    assert.throws(() => checkOwner(folder, 1 + (process.getuid?.() ?? 0)), { code: 'folder.unwritable' });
    if (process.getuid?.() !== 0) return;
    mkdirSync(join(folder, 'batches'));
    chownSync(join(folder, 'batches'), 65_534, 65_534);
    assert.throws(() => makeDataFolder(folder), { message: /batches belongs to another user \(65534\)/ });
    rmSync(join(folder, 'batches'), { recursive: true });
    chownSync(folder, 65_534, 65_534);
    symlinkSync(folder, join(temporary, 'link'));
    for (const path of [folder, join(temporary, 'link')]) {
      assert.throws(() => makeDataFolder(path), { code: 'folder.unwritable', message: /another user/ });
    }
  });

  it("doesn't take another user's socket", () => {
    const own = join(temporary, 'own');
    writeFileSync(own, '');
    checkOwnSocket(own);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(own, 65_534, 65_534);
    assert.throws(() => checkOwnSocket(isRoot ? own : '/'), {
      code: 'backend.unreachable',
      message: /belongs to another user/,
    });
  });
});
