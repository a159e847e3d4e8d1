import type { Runtime, RuntimePreference } from '../../protocol/runtime.ts';
import type { CliCommand, Tools } from './cli.ts';
import { formatInstallProgress, formatRuntime } from './format/doctor.ts';
import { addRuntimeOptions, runtimePreference, type RuntimeOptions } from './runtimeOptions.ts';

export const runtime: CliCommand = (parent, cli) => {
  const group = parent.command('runtime').description('the Java, Spark and Python that batches start with');
  const command = group
    .command('install')
    .description('install a Spark of its own for Sparkdeck, in a Python virtual environment');
  cli.withCommonOptions(addRuntimeOptions(command)).action(() =>
    cli.run(command, async tools => {
      const preference = runtimePreference(command.opts<RuntimeOptions>(), path => cli.absolute(path));
      const installed = await installRuntime(tools, preference ?? {});
      await tools.output.document(installed);
      await tools.output.print(formatRuntime(installed, tools.output.paint));
    }),
  );
};

/** Installs a runtime and says how far it is: in one line that changes on a terminal, in a line a step elsewhere. */
export async function installRuntime(
  { backend, output }: Tools,
  preference: RuntimePreference,
): Promise<Runtime> {
  let step: string | undefined;
  backend.on('runtime/progress', progress => {
    if (output.live.visible) output.live.set(formatInstallProgress(progress));
    else if (progress.step !== step) void output.note(progress.message);
    step = progress.step;
  });
  try {
    return await backend.request('runtime/install', preference);
  } finally {
    output.live.clear();
  }
}
