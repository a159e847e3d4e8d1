import { spawnSync } from 'node:child_process';

/**
 * What runs the command after it as a child subreaper (prctl(2), PR_SET_CHILD_SUBREAPER): a descendant whose parent has
 * ended becomes its child instead of init's, whatever session, group or environment it has. The setting survives exec,
 * so the command keeps the process id. A shell can't make the call, Perl and Python can.
 * @param python tried where there is no Perl; it takes some 30 ms longer
 * @returns the beginning of an argument array; empty where neither can do it
 */
export function adoptOrphans(python: string | undefined): readonly string[] {
  return (found ??= ways(python).find(works)) ?? [];
}

/** Found out once: it holds for the life of this process. */
let found: readonly string[] | undefined;

/** The number of the system call prctl. */
const prctl: Readonly<Record<string, number>> = {
  x64: 157,
  arm64: 167,
  riscv64: 167,
  loong64: 167,
  ppc64: 171,
  s390x: 172,
};

function ways(python: string | undefined): string[][] {
  const call = prctl[process.arch];
  return [
    // With -t, Perl leaves PERL5OPT and PERL5LIB aside.
    ...(call === undefined
      ? []
      : [
          [
            'perl',
            '-tXe',
            `syscall(${call}, 36, 1, 0, 0, 0) == 0 or exit 125; exec {$ARGV[0]} @ARGV; exit 126`,
          ],
        ]),
    ...[python ?? [], 'python3'].flat().map(each => [each, '-I', '-S', '-c', byPython]),
  ];
}

/** Its start may have changed LC_CTYPE, so the environment is taken as the kernel got it. */
const byPython = `import ctypes, os, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) and sys.exit(125)
with open("/proc/self/environ", "rb") as f:
    env = dict(each.split(b"=", 1) for each in f.read().split(b"\\0") if b"=" in each)
os.execve(sys.argv[1], sys.argv[1:], env)`;

function works([program = '', ...args]: readonly string[]): boolean {
  const { status, stdout } = spawnSync(program, [...args, '/bin/sh', '-c', 'echo works'], {
    encoding: 'utf8',
    timeout: 5000,
  });
  return status === 0 && stdout === 'works\n';
}
