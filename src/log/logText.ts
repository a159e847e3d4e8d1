import * as l10n from '@vscode/l10n';
import type { Batch } from '../../server/protocol/batch.ts';
import type { Stream } from '../../server/protocol/log.ts';
import { visibleLine, visibleText } from '../../server/protocol/visibleText.ts';
import { formatTime } from '../format/duration.ts';
import { duration, stateName } from '../tree/descriptions.ts';
import type { SparkLogFilter } from './sparkLogFilter.ts';

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
  readonly #filter: SparkLogFilter;
  #stderrRest = '';
  #midLine = false;

  constructor(filter: SparkLogFilter) {
    this.#filter = filter;
  }

  write(stream: Stream, text: string): string {
    return stream === 'stdout' ? this.#program(text) : this.#stderr(text);
  }

  /** What is left when no more comes. */
  end(): string {
    const rest = this.#stderrRest;
    this.#stderrRest = '';
    return this.#freshLine() + (rest === '' ? '' : this.#lines([rest]));
  }

  #program(text: string): string {
    if (text !== '') this.#midLine = !text.endsWith('\n');
    return terminalLines(text);
  }

  #stderr(text: string): string {
    const lines = (this.#stderrRest + text).split(/\r?\n/);
    this.#stderrRest = lines.pop() ?? '';
    return this.#lines(lines);
  }

  #lines(lines: readonly string[]): string {
    const shown = this.#filter.pick(lines);
    if (shown.length === 0) return '';
    return (
      this.#freshLine() +
      shown.map(({ text, isSparks }) => (isSparks ? `${dim}${text}${plain}\r\n` : `${text}\r\n`)).join('')
    );
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
  const command = [fromFolder(request), ...(request.args ?? [])].join(' ');
  const where = batch.cluster ?? batch.master;
  const details = [
    l10n.t('Job {0}', batch.id),
    where,
    started === undefined ? undefined : formatTime(started, now),
  ].filter(part => part !== undefined);
  return `${bold}${visibleLine(oneLine(command))}${plain}\r\n${dim}${visibleLine(oneLine(details.join(' · ')))}${plain}\r\n\r\n`;
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
    batch.state === 'success' || batch.reason === undefined
      ? ''
      : `${terminalLines(visibleText(batch.reason))}\r\n`;
  return `\r\n${color}${bold}${facts.join(' · ')}${plain}\r\n${color}${reason}${plain}`;
}

export function logNote(text: string): string {
  return `${dim}${terminalLines(visibleText(text))}${plain}\r\n`;
}

/** The file as one would name it in the working folder. */
function fromFolder({ file, workingFolder }: Batch['request']): string {
  const prefix = workingFolder === undefined ? '' : `${workingFolder}/`;
  return prefix !== '' && file.startsWith(prefix) ? file.slice(prefix.length) : file;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** A terminal wants a carriage return with every line feed. */
function terminalLines(text: string): string {
  return text.replaceAll(/\r?\n/g, '\r\n');
}
