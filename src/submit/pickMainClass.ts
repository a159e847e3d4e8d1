import * as l10n from '@vscode/l10n';
import { SparkdeckError } from '../../server/protocol/errors.ts';
import type { Result } from '../../server/protocol/methods.ts';
import type { Requester } from '../backend/backend.ts';
import { askChoice, type Answer, type Choice, type StepFrame } from '../input/inputSteps.ts';

export type MainClasses = Result<'artifact/mainClasses'>;

/** The classes of a jar that can be run, one at least. Throws SparkdeckError class.missing. */
export async function readMainClasses(backend: Requester, file: string): Promise<MainClasses> {
  const found = await backend.request('artifact/mainClasses', { file });
  if (found.classes.length > 0) return found;
  throw new SparkdeckError(
    'class.missing',
    l10n.t('{0} holds no class with a main method. Build the jar with your application in it.', file),
  );
}

/** Asks for one of several; beginning with the last one, else the one that the manifest names. */
export async function pickMainClass(
  { classes, manifestMainClass }: MainClasses,
  last: string | undefined,
  frame: StepFrame,
): Promise<Answer<string>> {
  const choices: Choice<string>[] = classes.map(name => ({
    label: name,
    ...(name === manifestMainClass && { description: l10n.t('named in the manifest') }),
    value: name,
  }));
  const byName = (name: string | undefined): Choice<string> | undefined =>
    choices.find(({ value }) => value === name);
  return askChoice({
    frame,
    placeholder: l10n.t('Which main class is to run?'),
    choices,
    active: byName(last) ?? byName(manifestMainClass),
  });
}
