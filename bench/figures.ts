import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @param share 0.5 for the median, 0.99 for the 99th percentile (nearest rank) */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Seconds that all cores together were busy since the machine started; see proc(5), /proc/stat. */
export function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .split(/\s+/)
    .slice(1)
    .map(Number);
  // The kernel's USER_HZ is 100 on every architecture that Node runs on.
  return (user + nice + system + irq + softirq) / 100;
}

/** Answers when nothing goes on: what was started has come up, and what ended has left nothing to do. */
export async function calm(): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    const busy = busySeconds();
    await delay(500);
    quiet = busySeconds() - busy < 0.1 ? quiet + 1 : 0;
  }
}

/** Bytes of memory that a process has in use now (VmRSS). */
export function residentBytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) * 1024;
}

/** Keeps what was measured, with the machine it was measured on. */
export function saveResult(name: string, figures: object): void {
  mkdirSync(results, { recursive: true });
  const [cpu] = cpus();
  const machine = {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    node: process.version,
  };
  const file = join(results, `${name}.json`);
  const measuredAt = new Date().toISOString().slice(0, 10);
  writeFileSync(file, `${JSON.stringify({ machine, measuredAt, ...figures }, undefined, 2)}\n`);
  console.log(`\nkept as bench/results/${name}.json`);
}

export const results: string = fileURLToPath(new URL('./results', import.meta.url));
