import type { Machine } from './machine.ts';

type System = Pick<Machine, 'platform' | 'superuser'> & {
  /** the text of /etc/os-release, empty where there is none */
  osRelease: string;
};

/** What to type to get a Java that every current Spark runs on. */
export function javaAdvice(system: System): string {
  if (system.platform === 'darwin') return 'Install one, for example with `brew install openjdk@21`.';
  return installAdvice(system, {
    debian: `openjdk-${debianJava(system.osRelease)}-jre-headless`,
    fedora: 'java-21-openjdk-headless',
    suse: 'java-21-openjdk-headless',
    arch: 'jre21-openjdk-headless',
    alpine: 'openjdk21-jre-headless bash',
    other: 'Install Java 17 or 21 (OpenJDK, for example Eclipse Temurin), and set JAVA_HOME to its folder.',
  });
}

/** What to type to get a Python 3 that can make virtual environments. */
export function pythonAdvice(system: System): string {
  if (system.platform === 'darwin') return 'Install one, for example with `brew install python@3.12`.';
  return installAdvice(system, {
    debian: 'python3 python3-venv',
    fedora: 'python3',
    suse: 'python311',
    arch: 'python',
    alpine: 'python3 bash',
    other: 'Install Python 3.11 or newer, and see that `python3` is on PATH.',
  });
}

/** What to type when this Python lacks `venv` or `ensurepip`, as Debian's does until a package of its own is there. */
export function venvAdvice(system: System, python: { path: string; version: string }): string {
  if (familyOf(system.osRelease) !== 'debian' || !python.path.startsWith('/usr/bin/'))
    return `Install the venv and ensurepip modules for ${python.path}, or choose another Python.`;
  const versioned = /python3\.\d+$/.exec(python.path)?.[0] ?? 'python3';
  return `Install it: \`${system.superuser ? '' : 'sudo '}apt-get install ${versioned}-venv\``;
}

type Family = 'debian' | 'fedora' | 'suse' | 'arch' | 'alpine' | 'other';

const installers: Readonly<Record<Exclude<Family, 'other'>, string>> = {
  debian: 'apt-get install',
  fedora: 'dnf install',
  suse: 'zypper install',
  arch: 'pacman -S',
  alpine: 'apk add',
};

function installAdvice(system: System, packages: Readonly<Record<Family, string>>): string {
  const family = familyOf(system.osRelease);
  if (family === 'other') return packages.other;
  return `Install one: \`${system.superuser ? '' : 'sudo '}${installers[family]} ${packages[family]}\``;
}

function familyOf(osRelease: string): Family {
  const names = `${field(osRelease, 'ID')} ${field(osRelease, 'ID_LIKE')}`.split(' ');
  if (names.includes('debian') || names.includes('ubuntu')) return 'debian';
  if (names.includes('fedora') || names.includes('rhel')) return 'fedora';
  if (names.some(name => name.includes('suse'))) return 'suse';
  if (names.includes('arch')) return 'arch';
  if (names.includes('alpine')) return 'alpine';
  return 'other';
}

/** Debian 13 no longer has Java 17; what has no version is newer than any release. */
function debianJava(osRelease: string): 17 | 21 {
  const version = Number.parseFloat(field(osRelease, 'VERSION_ID') || '99');
  return field(osRelease, 'ID') === 'debian' && version >= 13 ? 21 : 17;
}

const field = (osRelease: string, name: string): string =>
  new RegExp(`^${name}=["']?(.*?)["']?$`, 'm').exec(osRelease)?.[1] ?? '';
