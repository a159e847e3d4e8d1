import { extname } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Services } from '../commands/services.ts';
import { parseMemory } from '../format/memory.ts';
import { askSteps, askText, back, type Step } from '../input/inputSteps.ts';
import type { SubmitChoices } from './batchRequest.ts';
import { formatConfLine, parseConfLine } from './confLine.ts';
import { pickMainClass, readMainClasses, type MainClasses } from './pickMainClass.ts';
import { pickTarget } from './pickTarget.ts';
import { joinArguments, splitArguments } from './splitArguments.ts';
import type { Target } from './target.ts';

interface Chosen {
  target: Target | undefined;
  choices: SubmitChoices;
}

/** Asks for everything that a submit can be given, beginning with what was chosen last. Throws vscode.CancellationError. */
export async function askChoices(
  services: Services,
  title: string,
  file: string,
  start: Chosen,
): Promise<{ target: Target; choices: SubmitChoices }> {
  const askTarget: Step<Chosen> = async (chosen, frame) => {
    const target = await pickTarget(services, chosen.target, frame);
    return target === back ? back : { ...chosen, target };
  };
  const isJar = extname(file).toLowerCase() === '.jar';
  const found = isJar ? await readMainClasses(services.backend, file) : undefined;
  const askMainClass =
    (classes: MainClasses): Step<Chosen> =>
    async ({ target, choices }, frame) => {
      const className = await pickMainClass(classes, choices.className, frame);
      return className === back ? back : { target, choices: { ...choices, className } };
    };
  const { target, choices } = await askSteps<Chosen>(title, start, [
    askTarget,
    ...(found && found.classes.length > 1 ? [askMainClass(found)] : []),
    askArguments,
    askMemory('driverMemory', l10n.t("The driver's memory, as 1g or 512m. Empty: Spark's default.")),
    askMemory('executorMemory', l10n.t("Each executor's memory, as 1g or 512m. Empty: Spark's default.")),
    askConf,
  ]);
  const [only] = found?.classes ?? [];
  return {
    target: target ?? { kind: 'local' },
    choices: found?.classes.length === 1 && only !== undefined ? { ...choices, className: only } : choices,
  };
}

const askArguments: Step<Chosen> = async ({ target, choices }, frame) => {
  const line = await askText({
    frame,
    prompt: l10n.t('Arguments of the application, quoted as in a shell.'),
    placeholder: 'input.txt "a b"',
    value: joinArguments(choices.args ?? []),
    check: text => errorOf(splitArguments(text)),
  });
  if (line === back) return back;
  const split = splitArguments(line);
  return { target, choices: { ...choices, args: split.ok ? split.args : [] } };
};

function askMemory(key: 'driverMemory' | 'executorMemory', prompt: string): Step<Chosen> {
  return async ({ target, choices }, frame) => {
    const size = await askText({
      frame,
      prompt,
      value: choices[key] ?? '',
      check: text =>
        text.trim() === '' || parseMemory(text.trim()) !== undefined
          ? undefined
          : l10n.t('A size is a number and a unit, as 512m or 2g.'),
    });
    if (size === back) return back;
    const { [key]: _old, ...others } = choices;
    return { target, choices: size === '' ? others : { ...others, [key]: size } };
  };
}

const askConf: Step<Chosen> = async ({ target, choices }, frame) => {
  const line = await askText({
    frame,
    prompt: l10n.t('Spark configuration: name=value, with blanks between. Empty: none.'),
    placeholder: 'spark.sql.shuffle.partitions=8',
    value: formatConfLine(choices.conf ?? {}),
    check: text => errorOf(parseConfLine(text)),
  });
  if (line === back) return back;
  const parsed = parseConfLine(line);
  return { target, choices: { ...choices, conf: parsed.ok ? parsed.conf : {} } };
};

function errorOf(result: { ok: true } | { ok: false; error: string }): string | undefined {
  return result.ok ? undefined : result.error;
}
