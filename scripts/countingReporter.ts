import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/**
 * Mocha's spec reporter, which besides leaves its counts for `npm test` as one JSON line in the file that
 * SPARKDECK_TEST_COUNTS names: {"passed": …, "failed": …, "skipped": …, "failures": ["title: the beginning of the error's stack", …]}.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env['SPARKDECK_TEST_COUNTS'];
    if (!file) return;
    const failures: string[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test: Mocha.Runnable, error: Error) => {
      failures.push(`${test.fullTitle()}: ${(error.stack ?? error.message).slice(0, 1500)}`);
    });
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      appendFileSync(file, `${JSON.stringify({ passed, failed, skipped, failures })}\n`);
    });
  }
}
