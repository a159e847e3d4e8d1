import { execa } from 'execa';
import { access, readFile } from 'node:fs/promises';
import { findJavas } from '../server/runtimes/javas.ts';
import { thisMachine } from '../server/runtimes/machine.ts';
import { ProbeCache } from '../server/runtimes/probeCache.ts';
import { findPythons } from '../server/runtimes/pythons.ts';
import { findChromium } from '../test/support/chromium.ts';

export type Need = 'java' | 'python' | 'browser';

/** What has to be there, how to see that it is, and Debian's packages that bring it: alternatives, best first. */
interface Requirement {
  what: string;
  isMet(): Promise<boolean>;
  alternatives: readonly (readonly string[])[];
  elsewhere: string;
}

const requirements: Record<Need, Requirement> = {
  java: {
    what: 'Java 17 or newer',
    isMet: async () => {
      const { javas } = await findJavas({
        env: process.env,
        javaFolders: thisMachine().javaFolders,
        cache: new ProbeCache(process.env),
      });
      return javas.some(({ version }) => version >= 17);
    },
    alternatives: [['openjdk-17-jre-headless'], ['openjdk-21-jre-headless']],
    elsewhere: 'Install OpenJDK 17 or 21, and set JAVA_HOME to its folder. On macOS: brew install openjdk@17',
  },
  python: {
    what: 'Python 3.10 or newer with its venv module',
    isMet: async () => {
      const { pythons } = await findPythons(process.env, new ProbeCache(process.env));
      return pythons.some(({ version, makesVenvs }) => makesVenvs && isAtLeast(version, 3, 10));
    },
    alternatives: [['python3', 'python3-venv']],
    elsewhere: 'Install Python 3.11 or newer. On macOS: brew install python@3.12',
  },
  browser: {
    what: 'Chromium, for the tests in a browser',
    isMet: async () => {
      try {
        findChromium(process.env);
        return true;
      } catch {
        return false;
      }
    },
    alternatives: [
      ['chromium', 'fonts-dejavu-core'],
      ['chromium-browser', 'fonts-dejavu-core'],
    ],
    elsewhere: 'Install Chromium or Chrome, or name one in the environment variable CHROMIUM.',
  },
};

/**
 * Sees to it that the machine has what is needed. On Debian and Ubuntu it installs what is missing with apt-get, if it
 * may: as root, or with a sudo that asks for no password. Otherwise it throws an error that says what to type.
 */
export async function ensureSystem(needs: readonly Need[]): Promise<void> {
  const missing = await unmet(needs);
  if (missing.length === 0) return;
  const prefix = await aptPrefix();
  if (!prefix) throw new Error(await whatToType(missing));

  console.log(`Missing on this machine: ${missing.map(({ what }) => what).join('; ')}.`);
  const apt = async (...args: string[]): Promise<boolean> => {
    const [program = '', ...rest] = [...prefix, 'apt-get', ...args];
    const done = await execa(program, rest, {
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
      env: { DEBIAN_FRONTEND: 'noninteractive' },
      reject: false,
    });
    return !done.failed;
  };
  // One source of packages that can't be reached is no reason to stop: the install tells whether it matters.
  await apt('update', '-q');
  const packages: string[] = [];
  for (const requirement of missing) packages.push(...(await choosePackages(requirement)));
  console.log(`Installing with apt-get: ${packages.join(' ')}`);
  const installed = await apt('install', '-q', '-y', '--no-install-recommends', ...packages);

  const still = await unmet(needs);
  if (!installed) console.log('apt-get could not install everything; it says why above.');
  if (still.length > 0) throw new Error(await whatToType(still));
}

async function unmet(needs: readonly Need[]): Promise<Requirement[]> {
  const wanted = needs.map(need => requirements[need]);
  const met = await Promise.all(wanted.map(requirement => requirement.isMet()));
  return wanted.filter((_, i) => !met[i]);
}

/** How apt-get is to be started; undefined where it isn't there or we may not. */
async function aptPrefix(): Promise<string[] | undefined> {
  if (!(await isThere('/usr/bin/apt-get'))) return undefined;
  if (process.getuid?.() === 0) return [];
  const asked = await execa('sudo', ['-n', 'true'], { reject: false });
  return asked.failed ? undefined : ['sudo', '-n'];
}

/** The first alternative that this release of Debian or Ubuntu carries. */
async function choosePackages({ alternatives }: Requirement): Promise<readonly string[]> {
  for (const packages of alternatives) {
    const asked = await execa('apt-cache', ['policy', ...packages], { reject: false, env: { LC_ALL: 'C' } });
    const candidates = asked.stdout.match(/^ {2}Candidate: (?!\(none\))/gm) ?? [];
    if (candidates.length === packages.length) return packages;
  }
  return alternatives[0] ?? [];
}

async function whatToType(missing: Requirement[]): Promise<string> {
  const what = missing.map(requirement => requirement.what).join('; ');
  const osRelease = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const packages = missing.flatMap(({ alternatives }) => alternatives[0] ?? []).join(' ');
  const steps = /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(osRelease)
    ? [`  sudo apt-get update`, `  sudo apt-get install -y ${packages}`]
    : missing.map(({ elsewhere }) => `  ${elsewhere}`);
  return [`Missing on this machine: ${what}.`, 'To install it, then start again:', '', ...steps].join('\n');
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
