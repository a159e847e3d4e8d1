import assert from 'node:assert/strict';
import { relative, resolve } from 'node:path';
import { programs } from '../programs/programs.ts';
import { ProgramRuns } from '../support/programRuns.ts';
import { installTimeout } from './support/runtime.ts';

describe('programs that are easily told wrong', function () {
  this.timeout(10 * 60_000);
  let runs: ProgramRuns;

  before(async function () {
    this.timeout(installTimeout);
    runs = await ProgramRuns.prepare();
  });
  after(async () => runs.close());

  for (const program of programs) {
    it(program.name, async () => {
      const { expected } = program;
      const { exitCode, stdout, stderr, appName, batch, problems } = await runs.bySparkdeck(program);
      const folder = runs.folderOf(program);
      const [problem] = problems;
      assert.deepEqual(
        {
          exitCode,
          appName,
          problem: problem && { file: relative(folder, resolve(folder, problem.file)), line: problem.line },
        },
        { exitCode: expected.exitCode, appName: expected.appName ?? appName, problem: expected.problem },
        batch?.reason ?? stderr,
      );
      assert.equal(batch?.exitCode, expected.exitCode);
      assert.match(batch?.reason ?? '', expected.reason);
      if (typeof expected.stdout === 'string') assert.equal(stdout.toString(), expected.stdout);
      else if (expected.stdout) assert.match(stdout.toString(), expected.stdout);
    });
  }
});
