import * as l10n from '@vscode/l10n';
import type { Batch } from '../../server/protocol/batch.ts';
import type { Stream } from '../../server/protocol/log.ts';
import { formatTime } from '../format/duration.ts';
import { duration, stateName } from '../tree/descriptions.ts';

const dim = '\u001B[2m';
const bold = '\u001B[1m';
const green = '\u001B[32m';
const red = '\u001B[31m';
const plain = '\u001B[0m';

/** Clears a terminal with all it has scrolled away, and whatever colour the program left switched on. */
export const clearTerminal = `${plain}\u001B[2J\u001B[3J\u001B[H`;

/**
 * What goes to the terminal for a batch's two streams: the program's output as it comes, Spark's log dimmed.
 * Spark's lines are held until they are whole, so that a dimmed line never starts in the middle of the program's.
 */
export class LogText {
  #sparkRest = '';
  #midLine = false;

  write(stream: Stream, text: string): string {
    return stream === 'stdout' ? this.#program(text) : this.#spark(text);
  }

  /** What is left when no more comes. */
  end(): string {
    const rest = this.#sparkRest;
    this.#sparkRest = '';
    return this.#freshLine() + (rest === '' ? '' : `${dim}${terminalLines(rest)}${plain}\r\n`);
  }

  #program(text: string): string {
    if (text !== '') this.#midLine = !text.endsWith('\n');
    return terminalLines(text);
  }

  #spark(text: string): string {
    const all = this.#sparkRest + text;
    const whole = all.lastIndexOf('\n') + 1;
    this.#sparkRest = all.slice(whole);
    if (whole === 0) return '';
    return this.#freshLine() + `${dim}${terminalLines(all.slice(0, whole - 1))}${plain}\r\n`;
  }

  #freshLine(): string {
    if (!this.#midLine) return '';
    this.#midLine = false;
    return '\r\n';
  }
}

/** The lines above the output. */
export function logHeader(batch: Batch, now: number): string {
  const { request } = batch;
  const started = batch.transitions.at(0)?.at;
  const command = [request.file, ...(request.args ?? [])].join(' ');
  const where = batch.cluster ?? batch.master;
  const details = [
    l10n.t('Job {0}', batch.id),
    where,
    started === undefined ? undefined : formatTime(started, now),
  ].filter(part => part !== undefined);
  return `${bold}${oneLine(command)}${plain}\r\n${dim}${oneLine(details.join(' · '))}${plain}\r\n\r\n`;
}

/** The line below it, once the batch has ended: its state, how long it took, and why. */
export function logClosing(batch: Batch, now: number): string {
  const color = batch.state === 'success' ? green : batch.state === 'dead' ? red : dim;
  const ended = batch.transitions.at(-1)?.at;
  const facts = [
    stateName(batch.state),
    duration(batch),
    ended === undefined ? undefined : formatTime(ended, now),
    batch.exitCode === undefined || batch.exitCode === 0
      ? undefined
      : l10n.t('exit code {0}', batch.exitCode),
  ].filter(part => part !== undefined);
  const reason =
    batch.state === 'success' || batch.reason === undefined ? '' : `${terminalLines(batch.reason)}\r\n`;
  return `\r\n${color}${bold}${facts.join(' · ')}${plain}\r\n${color}${reason}${plain}`;
}

export function logNote(text: string): string {
  return `${dim}${terminalLines(text)}${plain}\r\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** A terminal wants a carriage return with every line feed. */
function terminalLines(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
