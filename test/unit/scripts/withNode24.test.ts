import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const withNode24 = fileURLToPath(new URL('../../../scripts/with-node24.mjs', import.meta.url));

describe('scripts/with-node24.mjs', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sparkdeck with node '));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function run(script: string, ...args: string[]): Promise<{ code: number | null; stdout: string }> {
    const file = join(folder, 'script.ts');
    await writeFile(file, script);
    const child = spawn(process.execPath, [withNode24, file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.includes('signal me')) child.kill('SIGTERM');
    });
    const [code] = await once(child, 'close');
    return { code: typeof code === 'number' ? code : null, stdout };
  }

  it('runs TypeScript with a Node that can, its tools first on PATH, and passes on arguments and exit code', async () => {
    const script = `
      const first: string = (process.env.PATH ?? '').split(':')[0] ?? '';
      console.log(JSON.stringify([process.argv.slice(2), Number(process.versions.node.split('.')[0]) >= 24, first]));
      process.exit(7);
    `;
    const { code, stdout } = await run(script, 'a b', "it's", '');
    const bin = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url));
    assert.deepEqual(JSON.parse(stdout), [['a b', "it's", ''], true, bin]);
    assert.equal(code, 7);
  });

  it('passes on signals', async () => {
    const script = `
      process.on('SIGTERM', () => { console.log('told'); process.exit(5); });
      setInterval(() => undefined, 1000);
      console.log('signal me');
    `;
    const { code, stdout } = await run(script);
    assert.equal(stdout, 'signal me\ntold\n');
    assert.equal(code, 5);
  });

  it('says by its exit code which signal ended the script', async () => {
    const { code } = await run(`process.kill(process.pid, 'SIGKILL');`);
    assert.equal(code, 128 + 9);
  });
});
