import { execa } from 'execa';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheFolder } from '../server/client/dataFolder.ts';

/** A VS Code server with its web workbench, ready to run. */
export interface VscodeHost {
  /** VS Code's version. */
  version: string;
  folder: string;
  /** The program to run with Node 24. */
  serverMain: string;
}

/** npm's code-server carries a built VS Code server and web workbench: nothing has to be compiled. */
const release = {
  vscode: '1.139.1',
  codeServer: '4.139.1',
  integrity:
    'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
  megabytes: 47,
};

/** Counts up when the steps below give another result, so that an older set-up is replaced. */
const revision = 1;
const doneMarker = `code-server ${release.codeServer}, revision ${revision}\n`;

/** Big built-in extensions that want an account, a native module or another product. */
const droppedExtensions = [
  'copilot',
  'mermaid-markdown-features',
  'microsoft-authentication',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
];

/** The packages that server, extension host, terminals, file watcher and web workbench load; the others stay out. */
const keptPackages = [
  /^@microsoft\/1ds-(core|post)-js$/,
  /^@parcel\/watcher$/,
  /^@vscode\/(fs-copyfile|iconv-lite-umd|proxy-agent|ripgrep-universal)$/,
  /^@xterm\//,
  /^https?-proxy-agent$/,
  /^vscode-(oniguruma|regexpp|textmate)$/,
  /^(cookie|jschardet|katex|minimist|node-pty|tas-client|ws|yauzl|yazl)$/,
];

/**
 * The VS Code that the tests, the pictures and `npm run editor` use; set up in the cache folder at the first call
 * (about 50 MB to download, 140 MB on disk) and taken from there afterwards. `say` gets lines of progress.
 */
export async function ensureVscodeHost(
  env: NodeJS.ProcessEnv = process.env,
  say: (line: string) => void = line => console.log(line),
): Promise<VscodeHost> {
  const tools = join(defaultCacheFolder(env), 'tools');
  const folder = join(tools, `vscode-${release.vscode}`);
  if (!(await isDone(folder))) {
    say(`VS Code ${release.vscode} is set up once in ${folder}.`);
    await mkdir(tools, { recursive: true });
    await removeAbandoned(tools);
    const partial = await mkdtemp(join(tools, `${partialPrefix}${process.pid}-`));
    try {
      await setUp(partial, env, say);
      await moveIntoPlace(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return { version: release.vscode, folder, serverMain: join(folder, 'out', 'server-main.js') };
}

const partialPrefix = 'vscode-partial-';

async function setUp(folder: string, env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<void> {
  await step(say, `downloading code-server ${release.codeServer} (${release.megabytes} MB)`, async () => {
    const tarball = await download(folder, env);
    await unpack(tarball, folder);
    await rm(tarball);
  });
  await step(say, 'installing the packages it needs', async () => {
    await trimDependencies(join(folder, 'package.json'));
    // The packages' own build scripts would compile native modules; what is needed comes prebuilt.
    await execa('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      env,
      extendEnv: false,
    });
    await putStub(folder, 'spdlog');
    await putStub(folder, 'native-watchdog');
    await dropOtherPlatforms(join(folder, 'node_modules'));
  });
  await writeFile(join(folder, '.done'), doneMarker);
}

/** npm checks what it downloads against the registry; the registry's word is checked against ours. */
async function download(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await execa(
    'npm',
    ['pack', '--json', '--pack-destination', folder, `code-server@${release.codeServer}`],
    { cwd: folder, env, extendEnv: false },
  );
  const [packed]: { filename?: string; integrity?: string }[] = JSON.parse(stdout);
  if (!packed?.filename || packed.integrity !== release.integrity) {
    throw new Error(
      `npm gave code-server ${release.codeServer} with the checksum ${packed?.integrity}, not ${release.integrity}: it isn't used.`,
    );
  }
  return join(folder, packed.filename);
}

async function unpack(tarball: string, folder: string): Promise<void> {
  const root = 'package/lib/vscode';
  const excluded = [...droppedExtensions.map(name => `${root}/extensions/${name}`), '*.map'];
  await execa('tar', [
    '-xzf',
    tarball,
    '-C',
    folder,
    '--strip-components=3',
    ...excluded.map(pattern => `--exclude=${pattern}`),
    root,
  ]);
}

async function trimDependencies(manifestFile: string): Promise<void> {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(await readFile(manifestFile, 'utf8'));
  manifest.dependencies = Object.fromEntries(
    Object.entries(manifest.dependencies).filter(([name]) => keptPackages.some(kept => kept.test(name))),
  );
  await writeFile(manifestFile, JSON.stringify(manifest, null, 2));
}

async function putStub(folder: string, name: string): Promise<void> {
  const target = join(folder, 'node_modules', '@vscode', name);
  await mkdir(target, { recursive: true });
  await copyFile(new URL(`./vscode-stubs/${name}.cjs`, import.meta.url), join(target, 'index.js'));
  await writeFile(
    join(target, 'package.json'),
    JSON.stringify({ name: `@vscode/${name}`, version: '0.0.0', main: 'index.js' }),
  );
}

async function dropOtherPlatforms(packages: string): Promise<void> {
  const own = `${process.platform}-${process.arch}`;
  for (const binaries of [join('node-pty', 'prebuilds'), join('@vscode', 'ripgrep-universal', 'bin')]) {
    for (const name of await readdir(join(packages, binaries))) {
      if (!name.startsWith(own)) await rm(join(packages, binaries, name), { recursive: true });
    }
  }
}

async function isDone(folder: string): Promise<boolean> {
  return (await readFile(join(folder, '.done'), 'utf8').catch(() => '')) === doneMarker;
}

/** Another run may have set it up at the same moment: then that one stays. */
async function moveIntoPlace(partial: string, folder: string): Promise<void> {
  if (await isDone(folder)) return;
  await rm(folder, { recursive: true, force: true });
  try {
    await rename(partial, folder);
  } catch (error) {
    if (!(await isDone(folder))) throw error;
  }
}

/** Set-ups that were interrupted leave their folder; its name says which process made it. */
async function removeAbandoned(tools: string): Promise<void> {
  for (const name of await readdir(tools)) {
    if (!name.startsWith(partialPrefix)) continue;
    const pid = Number.parseInt(name.slice(partialPrefix.length), 10);
    if (!isAlive(pid)) await rm(join(tools, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Says what is being done, that it is still being done, and how long it took. */
async function step(say: (line: string) => void, title: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  const seconds = (): string => ((performance.now() - start) / 1000).toFixed(0);
  say(`  ${title} ...`);
  const reminder = setInterval(() => say(`  ... ${seconds()} s`), 5000);
  try {
    await work();
    say(`  done in ${seconds()} s`);
  } finally {
    clearInterval(reminder);
  }
}
