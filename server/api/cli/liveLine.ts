import type { Writable } from 'node:stream';
import { visibleLine } from '../../protocol/visibleText.ts';
import { toTerminal, withoutStyles } from './styles.ts';

const eraseLine = '\r\x1b[2K';

/**
 * One line at the bottom of a terminal that is written over as things go on. On anything but a terminal it shows
 * nothing. Whoever prints beside it calls `hide` before and `show` after.
 */
export class LiveLine {
  readonly visible: boolean;
  readonly #stream: Writable & { columns?: number };
  #text = '';
  #shown = false;
  #atLineStart = true;

  constructor(stream: Writable & { isTTY?: boolean; columns?: number }, options: { silent: boolean }) {
    this.#stream = stream;
    this.visible = stream.isTTY === true && !options.silent;
  }

  set(text: string): void {
    if (text === this.#text) return;
    this.hide();
    this.#text = text;
    this.show();
  }

  clear(): void {
    this.set('');
  }

  hide(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#stream.write(eraseLine);
  }

  show(): void {
    if (!this.visible || this.#shown || this.#text === '' || !this.#atLineStart) return;
    this.#shown = true;
    this.#stream.write(toTerminal(fit(this.#text, (this.#stream.columns || 80) - 1)));
  }

  /** Says whether what was printed last ended its line; the live line waits until it did. */
  lineStarts(atLineStart: boolean): void {
    this.#atLineStart = atLineStart;
  }
}

/** The text, cut to a terminal's width: a line that wraps could not be written over. Styles are lost when it is cut. */
export function fit(text: string, columns: number): string {
  const bare = visibleLine(withoutStyles(text));
  if (bare.length <= columns) return visibleLine(text);
  return columns < 1 ? '' : `${bare.slice(0, columns - 1)}…`;
}
