import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Remembers what a program or folder was found to be, for as long as it stays the same: its real path, time of change
 * and size. Programs that stand in for others (the shims of pyenv and asdf) change with the files that choose for them.
 */
export class ProbeCache<Answer> {
  readonly #choosers: readonly string[];
  readonly #known = new Map<string, { stamp: string; answer: Promise<Answer> }>();

  constructor(env: NodeJS.ProcessEnv) {
    const home = env.HOME ?? '/';
    this.#choosers = [
      join(env.PYENV_ROOT ?? join(home, '.pyenv'), 'version'),
      join(home, '.tool-versions'),
      join(home, '.config/mise/config.toml'),
    ];
  }

  /** What `probe` said of this path, asked again only when the path has changed since. */
  async get(path: string, probe: () => Promise<Answer>): Promise<Answer> {
    const stamp = (await Promise.all([path, ...this.#choosers].map(stampOf))).join('\n');
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.answer;
    const answer = probe();
    this.#known.set(path, { stamp, answer });
    return answer;
  }

  forget(): void {
    this.#known.clear();
  }
}

async function stampOf(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    const { mtimeMs, size } = await stat(real);
    return `${real} ${mtimeMs} ${size}`;
  } catch {
    return 'absent';
  }
}
