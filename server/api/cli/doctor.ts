import type { CliCommand } from './cli.ts';
import { formatDoctorReport } from './format/doctor.ts';
import { addRuntimeOptions, runtimePreference, type RuntimeOptions } from './runtimeOptions.ts';

export const doctor: CliCommand = (parent, cli) => {
  const command = parent
    .command('doctor')
    .description(
      'look for Java, Spark and Python and say what is missing; exit code 1 if batches could not start',
    );
  cli.withCommonOptions(addRuntimeOptions(command)).action(() =>
    cli.run(command, async ({ backend, output }) => {
      const preference = runtimePreference(command.opts<RuntimeOptions>(), path => cli.absolute(path));
      const report = await backend.request('runtime/doctor', preference ?? {});
      await output.document(report);
      await output.print(formatDoctorReport(report, output.paint));
      return report.runtime ? 0 : 1;
    }),
  );
};
