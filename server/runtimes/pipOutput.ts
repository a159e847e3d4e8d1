import type { InstallProgress } from '../protocol/runtime.ts';

/**
 * Turns the lines of `pip install --progress-bar raw pyspark==VERSION` into progress. The fraction is of the whole
 * install and never falls: downloading takes its first part; pip says nothing of how far building and copying are.
 */
export class PipProgress {
  readonly #version: string;
  #file = '';

  constructor(version: string) {
    this.#version = version;
  }

  /** @returns undefined for a line that tells nothing of progress */
  read(line: string): InstallProgress | undefined {
    const text = line.trim();
    const file = /^(Downloading|Using cached) (\S+)/.exec(text);
    if (file) {
      this.#file = file[2]?.split('/').at(-1) ?? '';
      if (!this.#file.startsWith('pyspark-')) return undefined;
      return { step: 'download', message: `${file[1]} ${this.#file}`, fraction: shares.download };
    }
    const counted = /^Progress (\d+) of (\d+)$/.exec(text);
    if (counted) return this.#counted(Number(counted[1]), Number(counted[2]));
    if (text.startsWith('Building wheel for pyspark'))
      return {
        step: 'install',
        message: `Unpacking Spark ${this.#version} (a minute or two)`,
        fraction: shares.build,
      };
    if (text.startsWith('Installing collected packages'))
      return { step: 'install', message: `Installing Spark ${this.#version}`, fraction: shares.copy };
    return undefined;
  }

  #counted(done: number, total: number): InstallProgress | undefined {
    if (!this.#file.startsWith('pyspark-') || total === 0) return undefined;
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
    return {
      step: 'download',
      message: `Downloading Spark ${this.#version}: ${megabytes(done)} of ${megabytes(total)} MB`,
      fraction: shares.download + (shares.build - shares.download) * Math.min(1, done / total),
    };
  }
}

/** Where in the whole each part begins, 0 to 1. */
export const shares = { venv: 0, download: 0.05, build: 0.6, copy: 0.85, check: 0.95, done: 1 } as const;

/** pip learnt `--progress-bar raw` in 24.1. @param text what `pip --version` prints */
export function knowsRawProgress(text: string): boolean {
  const [, major, minor] = /^pip (\d+)\.(\d+)/.exec(text) ?? [];
  return Number(major) > 24 || (Number(major) === 24 && Number(minor) >= 1);
}

/**
 * Why pip failed, and what to do, in sentences for a person.
 * @param lines all that pip printed
 * @param freeBytes what was free before, in the folder's file system: pip takes a disk that fills up while it downloads
 * for a broken connection
 */
export function explainPipFailure(lines: readonly string[], folder: string, freeBytes: number): string {
  const text = lines.join('\n');
  if (/No space left on device|Errno 28|Disk quota exceeded/i.test(text)) return diskFull(folder);
  if (freeBytes < wantedSpace && /incomplete-download|Connection broken/i.test(text)) return diskFull(folder);
  if (unreachable.test(text))
    return 'pip could not reach its package index. Check the network; behind a proxy set HTTPS_PROXY, with a certificate authority of your own PIP_CERT, and start the backend again so that it sees them.';
  if (/No matching distribution found|Could not find a version/i.test(text))
    return 'The package index that pip uses has no such version for this Python. Choose another Spark version.';
  if (/Permission denied|Errno 13|Read-only file system/i.test(text))
    return `pip may not write to ${folder}. Make it writable, or set XDG_CACHE_HOME to a folder that is.`;
  const last =
    lines.findLast(line => /^\s*error\b/i.test(line)) ?? lines.findLast(line => line.trim() !== '');
  return last === undefined ? 'pip said nothing of why.' : `pip said: "${last.trim()}".`;
}

export const diskFull = (folder: string): string =>
  `The disk is full. An install needs about 3 GB of free space in ${folder}, of which 0.5 GB stay in use.`;

export const scarceSpace = (folder: string, free: number): string =>
  `The disk has ${(free / 1e9).toFixed(1)} GB free in ${folder}; installing Spark takes up to 3 GB, of which 0.5 GB stay in use.`;

/** bytes: archive, unpacked copy, built package and what is installed from it, for a while all at once */
export const wantedSpace = 3e9;

/** With retries switched off pip says no more of it than that it found no version at all. */
const unreachable =
  /Failed to establish a new connection|Name or service not known|name resolution|ProxyError|Tunnel connection failed|SSLError|CERTIFICATE_VERIFY_FAILED|Read timed out|ConnectTimeout|Connection (refused|reset)|Max retries exceeded|from versions: none|incomplete-download/i;
