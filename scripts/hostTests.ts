import { runTests } from '@vscode/test-electron';
import { build as esbuild } from 'esbuild';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { messageOf } from '../server/protocol/errors.ts';
import { onProcessExit } from '../test/support/exitCleanup.ts';
import { failurePicture } from '../test/support/screenshots.ts';
import { makeTestData } from '../test/support/testData.ts';
import { openWorkbench, type Workbench } from '../test/support/workbench.ts';
import { build, commonJsMeta, projectFolder } from './build.ts';
import { ensureSystem } from './system.ts';

/** Milliseconds. */
const limit = 30 * 60_000;

interface Run {
  tests: string;
  /** The folder that VS Code opens. */
  workspace: string;
  env: NodeJS.ProcessEnv;
  scratch: string;
}

/**
 * `npm run test:host [-- --electron] [--grep TEXT]`: test/host inside VS Code's extension host, either in the workbench
 * that lies in the cache, or in a desktop VS Code that @vscode/test-electron downloads.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { electron: { type: 'boolean' }, grep: { type: 'string' } } });
  if (!values.electron) await ensureSystem(['browser']);
  await build({ production: false });
  const tests = await bundleTests();
  const data = makeTestData();
  const scratch = mkdtempSync(join(tmpdir(), 'sparkdeck-host-tests-'));
  onProcessExit(() => rmSync(scratch, { recursive: true, force: true }));
  const workspace = join(scratch, 'examples');
  cpSync(join(projectFolder, 'examples'), workspace, { recursive: true });
  const env = {
    ...data.env,
    ...(values.grep ? { SPARKDECK_HOST_GREP: values.grep } : {}),
    ...(process.stdout.isTTY ? { MOCHA_COLORS: '1' } : {}),
  };
  try {
    const run = { tests, workspace, env, scratch };
    return await (values.electron ? runInElectron(run) : runInWorkbench(run));
  } finally {
    await data.close();
  }
}

/** VS Code loads CommonJS, and mocha each suite by itself; mocha and vscode stay what is there at run time. */
async function bundleTests(): Promise<string> {
  const outdir = join(projectFolder, '.cache', 'host-tests');
  rmSync(outdir, { recursive: true, force: true });
  await esbuild({
    absWorkingDir: projectFolder,
    entryPoints: ['test/host/index.ts', ...globSync('test/host/**/*.test.ts', { cwd: projectFolder })],
    outdir,
    outbase: 'test/host',
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    target: 'node22.15',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
    ...commonJsMeta,
  });
  return join(outdir, 'index.cjs');
}

async function runInElectron({ tests, workspace, env, scratch }: Run): Promise<number> {
  return runTests({
    extensionDevelopmentPath: projectFolder,
    extensionTestsPath: tests,
    extensionTestsEnv: env,
    launchArgs: [
      workspace,
      ...['--user-data-dir', join(scratch, 'user-data')],
      '--disable-extensions',
      '--disable-workspace-trust',
    ],
  });
}

async function runInWorkbench({ tests, workspace, env, scratch }: Run): Promise<number> {
  const report = join(scratch, 'report');
  const requests = join(scratch, 'pictures');
  writeFileSync(report, '');
  mkdirSync(requests);
  const workbench = await openWorkbench({
    folder: workspace,
    hostTests: { extension: projectFolder, tests },
    env: { ...env, SPARKDECK_HOST_REPORT: report, SPARKDECK_HOST_PICTURES: requests },
  });
  try {
    const watching = new AbortController();
    const watched = watchRun(workbench, report, requests, watching.signal);
    const tooLong = delay(limit, undefined, { ref: false }).then(() => {
      throw new Error(`The tests in the extension host did not end within ${limit / 60_000} minutes.`);
    });
    try {
      return await Promise.race([workbench.testsEnded, tooLong]);
    } catch (error) {
      await keepPicture(workbench, 'the run');
      throw error;
    } finally {
      watching.abort();
      await watched;
    }
  } finally {
    await workbench.close();
  }
}

/** Brings mocha's report to the shell as it grows, and takes the pictures that failed tests ask for. */
async function watchRun(
  workbench: Workbench,
  report: string,
  requests: string,
  ended: AbortSignal,
): Promise<void> {
  let shown = 0;
  for (let last = false; ; last = ended.aborted) {
    const text = readFileSync(report);
    process.stdout.write(text.subarray(shown));
    shown = text.length;
    if (last) return;
    for (const name of readdirSync(requests)) {
      const request = join(requests, name);
      await keepPicture(workbench, readFileSync(request, 'utf8'));
      rmSync(request);
    }
    await delay(100);
  }
}

async function keepPicture(workbench: Workbench, title: string): Promise<void> {
  const file = failurePicture('host', title);
  await workbench.screenshot(file);
  console.log(`      picture: ${file}`);
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(messageOf(error));
  return 1;
});
