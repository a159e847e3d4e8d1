import * as vscode from 'vscode';

/** The answer to a step: "back" is the button at the top left. Escape throws vscode.CancellationError. */
export const back = Symbol('back');
export type Answer<T> = T | typeof back;

export interface StepFrame {
  title: string;
  /** From 1. */
  step: number;
  totalSteps: number;
}

/** A question that changes what has been chosen so far, or goes back. */
export type Step<S> = (chosen: S, frame: StepFrame) => Promise<Answer<S>>;

/** Asks one after the other, with a way back to each earlier one. Throws vscode.CancellationError at Escape. */
export async function askSteps<S>(title: string, start: S, steps: readonly Step<S>[]): Promise<S> {
  const chosen = [start];
  while (chosen.length <= steps.length) {
    const index = chosen.length - 1;
    const step = steps[index];
    const current = chosen[index];
    if (!step || current === undefined) break;
    const answer = await step(current, { title, step: index + 1, totalSteps: steps.length });
    if (answer === back) chosen.pop();
    else chosen.push(answer);
  }
  return chosen.at(-1) ?? start;
}

export interface TextQuestion {
  frame: StepFrame;
  prompt: string;
  value: string;
  placeholder?: string;
  /** What is wrong with the text, or nothing. */
  check: (text: string) => string | undefined;
}

export function askText({ frame, prompt, value, placeholder, check }: TextQuestion): Promise<Answer<string>> {
  const box = vscode.window.createInputBox();
  Object.assign(box, { ...heading(frame), prompt, value, placeholder, ignoreFocusOut: true });
  return shown(box, frame, finish => {
    box.onDidChangeValue(text => (box.validationMessage = check(text)));
    box.onDidAccept(() => {
      box.validationMessage = check(box.value);
      if (box.validationMessage === undefined) finish(box.value.trim());
    });
  });
}

export interface Choice<T> extends vscode.QuickPickItem {
  value: T;
}

export interface ChoiceQuestion<T> {
  frame: StepFrame;
  placeholder: string;
  choices: readonly Choice<T>[];
  /** The one that Enter takes at once. */
  active?: Choice<T> | undefined;
}

export function askChoice<T>({ frame, placeholder, choices, active }: ChoiceQuestion<T>): Promise<Answer<T>> {
  const pick = vscode.window.createQuickPick<Choice<T>>();
  Object.assign(pick, { ...heading(frame), placeholder, ignoreFocusOut: true, matchOnDescription: true });
  pick.items = choices;
  if (active) pick.activeItems = [active];
  return shown(pick, frame, finish => {
    pick.onDidAccept(() => {
      const [item] = pick.activeItems;
      if (item) finish(item.value);
    });
  });
}

/** An only question is no step. */
function heading({ title, step, totalSteps }: StepFrame): Partial<StepFrame> {
  return totalSteps === 1 ? { title } : { title, step, totalSteps };
}

type Input = vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>;

/** Shows it until it is answered; `connect` says by what. */
function shown<T>(
  input: Pick<Input, 'buttons' | 'onDidTriggerButton' | 'onDidHide' | 'show' | 'dispose'>,
  { step }: StepFrame,
  connect: (finish: (answer: Answer<T>) => void) => void,
): Promise<Answer<T>> {
  return new Promise((resolve, reject) => {
    if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
    connect(answer => {
      resolve(answer);
      input.dispose();
    });
    input.onDidTriggerButton(button => {
      if (button !== vscode.QuickInputButtons.Back) return;
      resolve(back);
      input.dispose();
    });
    input.onDidHide(() => {
      reject(new vscode.CancellationError());
      input.dispose();
    });
    input.show();
  });
}
