import type { Memento } from 'vscode';
import type { SubmitChoices } from './batchRequest.ts';
import type { Target } from './target.ts';

const targetKey = 'sparkdeck.lastTarget';
const choicesKey = 'sparkdeck.choices';
/** Files beyond this are forgotten, the longest unused first. */
const most = 200;

/** What this workspace remembers of earlier submits. */
export class SubmitMemory {
  readonly #memento: Memento;

  constructor(memento: Memento) {
    this.#memento = memento;
  }

  get lastTarget(): Target | undefined {
    return this.#memento.get<Target>(targetKey);
  }

  choices(file: string): SubmitChoices {
    return this.#memento.get<Record<string, SubmitChoices>>(choicesKey, {})[file] ?? {};
  }

  async remember(file: string, target: Target, choices: SubmitChoices): Promise<void> {
    await this.#memento.update(targetKey, target);
    const { [file]: _old, ...others } = this.#memento.get<Record<string, SubmitChoices>>(choicesKey, {});
    const entries = [...Object.entries(others), [file, choices] as const].slice(-most);
    await this.#memento.update(choicesKey, Object.fromEntries(entries));
  }
}
