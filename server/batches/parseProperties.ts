/**
 * A properties file as Spark reads it: java.util.Properties, and around each value what Spark trims. The format is that
 * of java.util.Properties.load (its documentation has the grammar); the last of two equal keys counts.
 * @throws SyntaxError for a \u without four hexadecimal digits, as Java does
 */
export function parseProperties(text: string): Record<string, string> {
  const entries = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const end = endOfKey(line);
    const value = line.slice(startOfValue(line, end));
    entries.set(unescaped(line.slice(0, end)), trimmed(unescaped(value)));
  }
  return Object.fromEntries(entries);
}

/**
 * Whether a value survives a properties file. Spark trims characters up to the blank from its ends, written as escapes
 * or not; line breaks aside (Utils.trimExceptCRLF).
 */
export const survivesTrimming = (value: string): boolean => trimmed(value) === value;

/** Lines without comments, blank lines and leading blanks; those that a backslash continues are one. */
function* logicalLines(text: string): Generator<string> {
  let parts: string[] = [];
  let isContinued = false;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    const isFirst = parts.length === 0;
    if (isFirst && (/^[#!]/.test(line) || (line === '' && !isContinued))) continue;
    isContinued = endsInBackslash(line);
    const part = isContinued ? line.slice(0, -1) : line;
    if (part !== '') parts.push(part);
    if (isContinued || parts.length === 0) continue;
    yield parts.join('');
    parts = [];
  }
  if (parts.length > 0) yield parts.join('');
}

/** By a backslash that isn't itself escaped. */
function endsInBackslash(line: string): boolean {
  let count = 0;
  while (line[line.length - 1 - count] === '\\') count++;
  return count % 2 === 1;
}

function endOfKey(line: string): number {
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (/[=: \t\f]/.test(line.charAt(at))) return at;
  }
  return line.length;
}

/** Behind blanks with one separator among them. */
function startOfValue(line: string, endOfKeyAt: number): number {
  const separator = /[ \t\f]*[=:]?[ \t\f]*/y;
  separator.lastIndex = endOfKeyAt;
  separator.test(line);
  return separator.lastIndex;
}

const letters: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([\da-fA-F]{4})|([^]?))/g, (whole, digits?: string, letter = '') => {
    if (digits !== undefined) return String.fromCharCode(Number.parseInt(digits, 16));
    if (letter === 'u') throw new SyntaxError(`Four hexadecimal digits have to follow ${whole}.`);
    return letters[letter] ?? letter;
  });
}

function trimmed(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isTrimmed(value.charAt(start))) start++;
  while (end > start && isTrimmed(value.charAt(end - 1))) end--;
  return value.slice(start, end);
}

const isTrimmed = (character: string): boolean =>
  character <= ' ' && character !== '\r' && character !== '\n';
