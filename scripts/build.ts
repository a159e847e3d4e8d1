import { context, build as esbuild, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMain } from './isMain.ts';

export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const output = join(projectFolder, 'dist');

/** VS Code 1.101, the oldest that the manifest allows, carries Node 22.15. */
const target = 'node22.15';

/** What ES modules know of their place, for bundles in CommonJS. */
export const commonJsMeta = {
  define: { 'import.meta.url': 'importMetaUrl', 'import.meta.dirname': '__dirname' },
  banner: { js: `const importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
} satisfies BuildOptions;

/** The backend's files that are no TypeScript. */
const assets = ['server/**/*.{sh,py}', 'server/api/http/page/*.{html,css,js,svg}'];

export interface BuildChoice {
  /** Minified and without source maps, as it goes into the package. */
  production: boolean;
}

/**
 * Bundles the extension, the backend and the command line into dist/, and lays the backend's other files
 * (programs and the page's files) beside them. Returns what esbuild read, for the notices of the bundled packages.
 */
export async function build(choice: BuildChoice): Promise<Metafile> {
  // Otherwise files stay: a backend that runs from here needs them.
  if (choice.production) rmSync(output, { recursive: true, force: true });
  copyAssets();
  const results = await Promise.all(bundles(choice).map(options => esbuild({ ...options, metafile: true })));
  return {
    inputs: Object.assign({}, ...results.map(result => result.metafile.inputs)),
    outputs: Object.assign({}, ...results.map(result => result.metafile.outputs)),
  };
}

/** Builds again at every change, until the process ends. */
async function watch(): Promise<void> {
  copyAssets();
  const plugins = [roundReporter()];
  const contexts = await Promise.all(
    bundles({ production: false }).map(options => context({ ...options, logLevel: 'silent', plugins })),
  );
  await Promise.all(contexts.map(watched => watched.watch()));
}

function bundles({ production }: BuildChoice): BuildOptions[] {
  const common: BuildOptions = {
    absWorkingDir: projectFolder,
    bundle: true,
    platform: 'node',
    // Some packages' `main` is a UMD wrapper that esbuild can't follow; their `module` is plain.
    mainFields: ['module', 'main'],
    target,
    minify: production,
    keepNames: production,
    sourcemap: !production,
    legalComments: 'none',
    logLevel: 'warning',
  };
  const esm: BuildOptions = {
    ...common,
    format: 'esm',
    // CommonJS packages call require() for Node's own modules, which ES modules don't have.
    banner: {
      js: `import { createRequire as createRequireForBundle } from 'node:module';const require = createRequireForBundle(import.meta.url);`,
    },
  };
  const all: [string, BuildOptions][] = [
    [
      'src/extension.ts',
      {
        ...common,
        format: 'cjs',
        external: ['vscode'],
        outfile: 'dist/extension.cjs',
        ...commonJsMeta,
      },
    ],
    ['server/main.ts', { ...esm, outfile: 'dist/backend.mjs' }],
    ['server/api/cli/main.ts', { ...esm, outfile: 'dist/cli.mjs' }],
  ];
  return all.map(([entry, options]) => ({ ...options, entryPoints: [entry] }));
}

/** Code finds these by `new URL('./name', import.meta.url)`, so in the bundle they lie flat beside it. */
function copyAssets(): void {
  mkdirSync(output, { recursive: true });
  const sources = new Map<string, string>();
  for (const asset of globSync(assets, { cwd: projectFolder })) {
    const name = basename(asset);
    const other = sources.get(name);
    if (other) throw new Error(`${asset} and ${other} can't both become dist/${name}: rename one.`);
    sources.set(name, asset);
    copyFileSync(join(projectFolder, asset), join(output, name));
  }
}

/** The first and the last line of a round over all bundles are what .vscode/tasks.json waits for. */
function roundReporter(): Plugin {
  let building = 0;
  return {
    name: 'round-reporter',
    setup(build) {
      build.onStart(() => {
        building += 1;
        if (building === 1) console.log('[watch] build started');
      });
      build.onEnd(({ errors }) => {
        for (const { text, location } of errors) {
          console.log(`${location?.file}:${location?.line}:${location?.column}: error: ${text}`);
        }
        building -= 1;
        if (building === 0) console.log('[watch] build finished');
      });
    },
  };
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({ options: { watch: { type: 'boolean' }, production: { type: 'boolean' } } });
  await (values.watch ? watch() : build({ production: values.production ?? false }));
}
