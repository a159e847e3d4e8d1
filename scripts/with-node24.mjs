// Runs a script of this project with Node 24, which npm's package `node` brings, whatever the system's Node is:
//
//     node scripts/with-node24.mjs scripts/start.ts [argument …]
//
// It installs the dependencies first when they are missing or not those of package-lock.json. Plain JavaScript
// without imports from node_modules, because it is what runs before there is a node_modules; Node 18 can read it.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const bin = join(modules, '.bin');
const wanted = 24;

installIfNeeded();
run(findNode(), process.argv.slice(2));

function installIfNeeded() {
  const why = whyInstall();
  if (!why) return;
  console.error(`Installing the dependencies with npm: ${why}.`);
  // Not `npm ci`: that wants every platform's build of an optional package in package-lock.json, and a registry mirror
  // may hold only some of them. This one takes the same versions from package-lock.json and leaves that file alone.
  if (npm(['install', '--no-save']) === 0) return;
  // The package `node` has no build for every platform; a new enough Node of the system does as well.
  if (systemMajor() >= wanted) {
    console.error(`Once more without install scripts, since this Node (${process.version}) will do.`);
    if (npm(['install', '--no-save', '--ignore-scripts']) === 0) return;
  }
  fail('The dependencies could not be installed; npm says why above.');
}

/** Why node_modules doesn't serve, or undefined when it has what package-lock.json asks for. */
function whyInstall() {
  const wantedPackages = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(modules, '.package-lock.json'));
  if (!wantedPackages)
    return fail('package-lock.json is missing or unreadable. Take it from the repository again.');
  if (!installed) return 'node_modules is missing';
  for (const [path, entry] of Object.entries(wantedPackages)) {
    if (path === '' || entry.optional || entry.devOptional || entry.link) continue;
    if (installed[path]?.version !== entry.version) return `${path} is not at ${entry.version}`;
  }
  return undefined;
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function npm(args) {
  // Inside an npm script, npm names its own program; otherwise the one on PATH.
  const script = process.env.npm_execpath;
  const command = script && /\.[cm]?js$/.test(script) ? [process.execPath, script] : ['npm'];
  const quiet = ['--no-audit', '--no-fund'];
  // What npm prints goes to stderr: stdout belongs to the script, which may print JSON.
  const done = spawnSync(command[0], [...command.slice(1), ...args, ...quiet], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (done.error)
    fail(`npm could not be started: ${done.error.message}. Install Node.js with npm, 20 or newer.`);
  return done.status;
}

function findNode() {
  const ours = join(bin, 'node');
  if (existsSync(ours)) return ours;
  if (systemMajor() >= wanted) return process.execPath;
  return fail(
    `There is no Node ${wanted} for this platform (${process.platform} ${process.arch}) in npm's package "node". Install Node ${wanted} or newer and try again.`,
  );
}

function systemMajor() {
  return Number(process.versions.node.split('.')[0]);
}

function run(node, args) {
  if (args.length === 0) fail('Usage: node scripts/with-node24.mjs SCRIPT [argument …]');
  const child = spawn(node, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: [bin, process.env.PATH].filter(Boolean).join(delimiter) },
  });
  const forward = signal => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  child.on('error', error => fail(`${node} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : code;
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
