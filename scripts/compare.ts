import { messageOf } from '../server/protocol/errors.ts';
import { programs } from '../test/programs/programs.ts';
import { ProgramRuns, type ProgramRun } from '../test/support/programRuns.ts';
import { ensureSystem } from './system.ts';

/** Characters of an output in the report. */
const longestShown = 300;

/**
 * `npm run compare [TEXT …]`: runs the programs of test/programs by bin/spark-submit and by Sparkdeck, side by side, and
 * says in what they differ: output, exit code, application name. With texts, only the programs whose name holds one.
 */
async function main(texts: readonly string[]): Promise<void> {
  await ensureSystem(['java', 'python']);
  const chosen = programs.filter(({ name }) => texts.length === 0 || texts.some(text => name.includes(text)));
  if (chosen.length === 0) throw new Error(`No program has a name with ${texts.join(' or ')} in it.`);
  const runs = await ProgramRuns.prepare();
  let different = 0;
  try {
    for (const program of chosen) {
      const theirs = await runs.bySparkSubmit(program);
      const ours = await runs.bySparkdeck(program);
      const differences = compare(theirs, ours);
      if (differences.length > 0) different++;
      console.log(`${differences.length === 0 ? 'same' : 'DIFFERENT'}  ${program.name}`);
      console.log(`      exit code ${ours.exitCode}: ${ours.batch?.reason ?? ours.stderr.trim()}`);
      for (const { file, line, message } of ours.problems.slice(0, 1)) {
        console.log(`      ${file}:${line}: ${message}`);
      }
      for (const difference of differences) console.log(`      ${difference}`);
    }
  } finally {
    await runs.close();
  }
  console.log(`\n${chosen.length - different} the same, ${different} different`);
  if (different > 0) process.exitCode = 1;
}

function compare(theirs: ProgramRun, ours: ProgramRun): string[] {
  const pairs: Record<string, [unknown, unknown]> = {
    'exit code': [theirs.exitCode, ours.exitCode],
    'application name': [theirs.appName, ours.appName],
    output: [comparable(theirs.stdout), comparable(ours.stdout)],
  };
  return Object.entries(pairs)
    .filter(([, [one, other]]) => one !== other)
    .map(([what, [one, other]]) => `${what}: spark-submit ${shown(one)}, Sparkdeck ${shown(other)}`);
}

/** Output without what is of one run alone: addresses of objects, and Spark's temporary folders. */
function comparable(output: Buffer): string {
  return output
    .toString('latin1')
    .replaceAll(/0x[0-9a-f]{8,}/g, '0x…')
    .replaceAll(/\S*\/spark-[0-9a-f-]{36}\/userFiles-[0-9a-f-]{36}/g, '…');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

await main(process.argv.slice(2)).catch(error => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
