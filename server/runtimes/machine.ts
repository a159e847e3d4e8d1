import { availableParallelism, homedir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../protocol/runtime.ts';

/** Folders that hold Javas: each entry of `folder` whose name matches, and within it the folder `inside`. */
export type JavaFolder = { folder: string; name: RegExp; inside: string };

/** What discovery and advice need to know of the computer; a value, so that tests can make one up. */
export type Machine = {
  platform: NodeJS.Platform;
  cores: number;
  /** bytes that this process may use: those of the container, where one limits them */
  memory: number;
  superuser: boolean;
  osReleaseFile: string;
  javaFolders: readonly JavaFolder[];
};

export function thisMachine(): Machine {
  const limit = process.constrainedMemory();
  return {
    platform: process.platform,
    cores: availableParallelism(),
    memory: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    superuser: process.getuid?.() === 0,
    osReleaseFile: '/etc/os-release',
    javaFolders: usualJavaFolders(homedir()),
  };
}

export function machineFindings({ memory }: Pick<Machine, 'memory'>): Finding[] {
  if (memory >= leastMemory) return [];
  return [
    {
      level: 'warning',
      subject: 'machine',
      message: `This machine has ${(memory / 2 ** 30).toFixed(1)} GiB of memory; a driver and one worker want 2 GiB.`,
      advice: 'Give small sizes: driver memory 512m, worker memory 512m.',
    },
  ];
}

const leastMemory = 2 * 2 ** 30;

const usualJavaFolders = (home: string): JavaFolder[] => [
  { folder: '/usr/lib/jvm', name: /./, inside: '' },
  { folder: '/usr/java', name: /./, inside: '' },
  { folder: '/opt', name: /java|jdk|jre/i, inside: '' },
  { folder: '/opt/java', name: /./, inside: '' },
  { folder: join(home, '.sdkman/candidates/java'), name: /^(?!current$)/, inside: '' },
  { folder: join(home, '.jdks'), name: /./, inside: '' },
  { folder: '/Library/Java/JavaVirtualMachines', name: /./, inside: 'Contents/Home' },
  { folder: join(home, 'Library/Java/JavaVirtualMachines'), name: /./, inside: 'Contents/Home' },
  { folder: '/opt/homebrew/opt', name: /^openjdk(@|$)/, inside: 'libexec/openjdk.jdk/Contents/Home' },
  { folder: '/usr/local/opt', name: /^openjdk(@|$)/, inside: 'libexec/openjdk.jdk/Contents/Home' },
];
