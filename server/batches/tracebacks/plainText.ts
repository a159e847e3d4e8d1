/**
 * A program's output as text that can be shown anywhere: without the escape sequences of terminals (ECMA-48) and other
 * control characters. Line breaks and tabs stay; a lone carriage return, by which a progress bar begins its line anew,
 * is a line break.
 */
export function plainText(text: string): string {
  return text.replace(escapes, '').replace(/\r\n?/g, '\n').replace(controls, '');
}

/** The last lines of a plain text. Of a very long line both ends are kept. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n').slice(-lineLimit);
  for (const [at, line] of lines.entries()) {
    if (line.length > longestLine) lines[at] = line.slice(0, half) + line.slice(-half);
  }
  return lines;
}

export const plainLines = (text: string): string[] => linesOf(plainText(text));

/** The megabyte that is read has some ten thousand lines of a stack trace. */
const lineLimit = 50_000;
const longestLine = 16 * 1024;
const half = longestLine / 2;

/** Strings up to their terminator (a title, a link), control sequences (colours), and the short ones. */
const escapes =
  // eslint-disable-next-line no-control-regex
  /\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]/g;

/** What controls a terminal, or the direction in which text is shown. */
// eslint-disable-next-line no-control-regex
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
