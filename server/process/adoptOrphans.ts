import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * What runs the command after it as a child subreaper (prctl(2), PR_SET_CHILD_SUBREAPER): a descendant whose parent has
 * ended becomes its child instead of init's, whatever session, group or environment it has. The setting survives exec,
 * so the command keeps the process id. A shell can't make the call, Perl and Python can.
 * @param python tried where there is no Perl; it takes some 30 ms longer
 * @returns the beginning of an argument array; empty where neither can do it
 */
export function adoptOrphans(python: string | undefined): readonly string[] {
  return (general ??= ways.find(works) ?? []).length > 0 ? general : byItsOwn(python);
}

/** Found out once: it holds for the life of this process. Empty where the machine has no program that can do it. */
let general: readonly string[] | undefined;

/** A batch's Python serves that batch alone: it may be gone by the time of the next one. */
function byItsOwn(python: string | undefined): readonly string[] {
  if (!python?.startsWith('/')) return [];
  const way = byPython(python);
  return works(way) ? way : [];
}

/** The number of the system call prctl. */
const prctl: Readonly<Record<string, number>> = {
  x64: 157,
  arm64: 167,
  riscv64: 167,
  loong64: 167,
  ppc64: 171,
  s390x: 172,
};

/** In the usual folders, since a batch may have a PATH of its own, without them. */
const installed = (name: string): string[] =>
  ['/usr/bin', '/bin', '/usr/local/bin'].map(folder => `${folder}/${name}`).filter(existsSync);

const byPerl = (perl: string, call: number): string[] => [
  perl,
  // With -t, Perl leaves PERL5OPT and PERL5LIB aside.
  '-tXe',
  `syscall(${call}, 36, 1, 0, 0, 0) == 0 or exit 125; exec {$ARGV[0]} @ARGV; exit 126`,
];

const byPython = (python: string): string[] => [python, '-I', '-S', '-c', pythonCode];

/** Its start may have changed LC_CTYPE, so the environment is taken as the kernel got it. */
const pythonCode = `import ctypes, os, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) and sys.exit(125)
with open("/proc/self/environ", "rb") as f:
    env = dict(each.split(b"=", 1) for each in f.read().split(b"\\0") if b"=" in each)
os.execve(sys.argv[1], sys.argv[1:], env)`;

const call = prctl[process.arch];

const ways: readonly string[][] = [
  ...(call === undefined ? [] : installed('perl').map(perl => byPerl(perl, call))),
  ...installed('python3').map(byPython),
];

function works([program = '', ...args]: readonly string[]): boolean {
  const { status, stdout } = spawnSync(program, [...args, '/bin/sh', '-c', 'echo works'], {
    encoding: 'utf8',
    timeout: 5000,
  });
  return status === 0 && stdout === 'works\n';
}
