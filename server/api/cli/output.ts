import { styleText } from 'node:util';
import type { Writable } from 'node:stream';
import { visibleJson } from '../../protocol/visibleText.ts';
import { LiveLine } from './liveLine.ts';
import { markStyle, toTerminal } from './styles.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Puts a style on a text, or leaves it plain where the stream or the user wants no colour. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** A standard stream: a pipe, a file or a terminal. */
export type Terminal = Writable & { isTTY?: boolean; columns?: number };

const lineFeed = 0x0a;
/** Of a pipe or a file. */
const usualColumns = 80;

/** What a command prints: its result to stdout, what is said beside it to stderr. */
export class Output {
  readonly json: boolean;
  /** The styles for stdout; stderr has its own. */
  readonly paint: Paint;
  readonly notePaint: Paint;
  readonly live: LiveLine;
  readonly #stdout: Terminal;
  readonly #stderr: Terminal;

  constructor(stdout: Terminal, stderr: Terminal, json: boolean) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.json = json;
    this.paint = painter(stdout);
    this.notePaint = painter(stderr);
    this.live = new LiveLine(stderr, { silent: json });
  }

  /** How wide the result may be, in characters. */
  get columns(): number {
    return this.#stdout.columns ?? usualColumns;
  }

  /** Lines of the result; nothing with --json. */
  async print(text: string): Promise<void> {
    if (!this.json) await this.write('stdout', toTerminal(`${text}\n`));
  }

  /** Lines beside the result, for a person; nothing with --json. */
  async note(text: string): Promise<void> {
    if (!this.json) await this.log(text);
  }

  /** Lines to stderr, also with --json. */
  async log(text: string): Promise<void> {
    await this.write('stderr', toTerminal(`${text}\n`));
  }

  /** The one JSON document of a command; nothing without --json. */
  async document(value: unknown): Promise<void> {
    if (this.json) await this.write('stdout', `${visibleJson(JSON.stringify(value, null, 2))}\n`);
  }

  /** One JSON line of a stream of them; nothing without --json. */
  async event(value: unknown): Promise<void> {
    if (this.json) await this.write('stdout', `${visibleJson(JSON.stringify(value))}\n`);
  }

  /** A program's output as it is. Settles when the stream takes more, so that a slow reader slows the writer. */
  async write(stream: 'stdout' | 'stderr', output: string | Uint8Array): Promise<void> {
    const target = stream === 'stdout' ? this.#stdout : this.#stderr;
    this.live.hide();
    await new Promise<void>(resolve => target.write(output, () => resolve()));
    const last = output.at(-1);
    if (target.isTTY) this.live.lineStarts(last === '\n' || last === lineFeed);
    this.live.show();
  }
}

function painter(stream: Terminal): Paint {
  return (style, text) => markStyle(styleText(style, '\n', { stream }), text);
}
