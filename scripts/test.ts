import { execa } from 'execa';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../server/protocol/errors.ts';
import { ensureSystem, type Need } from './system.ts';

/** The rings of tests, in the order in which they run: the quick ones first. Each is a script of package.json. */
const rings: Record<string, { script: string; needs: readonly Need[]; counts: boolean }> = {
  check: { script: 'check', needs: [], counts: false },
  unit: { script: 'test:unit', needs: [], counts: true },
  spark: { script: 'test:spark', needs: ['java', 'python'], counts: true },
  floor: { script: 'test:floor', needs: ['java', 'python'], counts: true },
  clients: { script: 'test:clients', needs: ['java', 'python'], counts: true },
  chaos: { script: 'test:chaos:short', needs: ['java', 'python'], counts: true },
  host: { script: 'test:host', needs: ['java', 'python'], counts: true },
  browser: { script: 'test:browser', needs: ['java', 'python', 'browser'], counts: true },
};

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  failures: string[];
}

/** `npm test [ring …]`: runs the rings, all unless named, and closes with what failed and the sum of their counts. */
async function main(names: string[]): Promise<void> {
  const unknown = names.filter(name => !Object.hasOwn(rings, name));
  if (unknown.length > 0) {
    throw new Error(`There is no ring ${unknown.join(', ')}; there are ${Object.keys(rings).join(', ')}.`);
  }
  const chosen = Object.entries(rings).filter(([name]) => names.length === 0 || names.includes(name));
  await ensureSystem([...new Set(chosen.flatMap(([, { needs }]) => needs))]);

  const sum: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const summary: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'sparkdeck-counts-'));
  try {
    for (const [name, ring] of chosen) {
      console.log(`\n=== ${name} ===`);
      const started = Date.now();
      const counts = await runRing(ring, join(folder, name));
      summary.push(`${name}: ${describe(counts)} in ${Math.round((Date.now() - started) / 1000)} s`);
      sum.passed += counts.passed;
      sum.failed += counts.failed;
      sum.skipped += counts.skipped;
      sum.failures.push(...counts.failures.map(failure => `${name}: ${failure}`));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  for (const failure of sum.failures) console.log(`\nfailed: ${failure}`);
  console.log(`\n${summary.join('\n')}\n\n${describe(sum)}`);
  process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}

/** A ring that fails without having counted a failure (it could not start, or died) counts as one failure. */
async function runRing(
  { script, counts: isCounted }: { script: string; counts: boolean },
  countsFile: string,
): Promise<Counts> {
  const done = await execa('npm', ['run', '--silent', script], {
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    env: { SPARKDECK_TEST_COUNTS: countsFile },
    reject: false,
  });
  const counts = isCounted
    ? await readCounts(countsFile)
    : { passed: done.failed ? 0 : 1, failed: 0, skipped: 0, failures: [] };
  const fail = (why: string): void => {
    counts.failed++;
    counts.failures.push(`${why}; what it printed is above.`);
  };
  if (done.failed && counts.failed === 0)
    fail(`npm run ${script} ended with ${done.exitCode ?? done.signal}`);
  if (isCounted && counts.passed + counts.failed === 0) fail(`npm run ${script} ran no test`);
  return counts;
}

/** The sum of the lines that the ring's runs of mocha left; see countingReporter.ts. */
async function readCounts(file: string): Promise<Counts> {
  const sum: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const text = await readFile(file, 'utf8').catch(() => '');
  for (const line of text.split('\n').filter(line => line !== '')) {
    const counts: unknown = JSON.parse(line);
    if (!isCounts(counts)) throw new Error(`${file} has a line that holds no counts: ${line}`);
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.skipped += counts.skipped;
    sum.failures.push(...counts.failures);
  }
  return sum;
}

function isCounts(value: unknown): value is Counts {
  return (
    typeof value === 'object' &&
    value !== null &&
    'passed' in value &&
    'failed' in value &&
    'skipped' in value &&
    'failures' in value &&
    Array.isArray(value.failures) &&
    [value.passed, value.failed, value.skipped].every(count => typeof count === 'number')
  );
}

function describe({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

await main(process.argv.slice(2)).catch(error => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
