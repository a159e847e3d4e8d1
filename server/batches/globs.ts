import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SparkdeckError } from '../protocol/errors.ts';

/** Patterns that braces make of one, and files that are looked at: what goes beyond is refused. */
const mostPatterns = 1000;
const mostEntries = 100_000;

/** Whether a path has what Hadoop takes for a pattern. */
export const isGlob = (path: string): boolean => /[*?[{]/.test(path);

/**
 * The files that a path means to Hadoop, by which spark-submit looks for files: * ? [a-z] [^a] {a,b} and \ before a
 * character that stands for itself. A * also matches names that begin with a dot, and never a slash. In the order of
 * their names, without folders.
 * @param path absolute
 * @throws SparkdeckError request.invalid for a pattern that isn't whole or means too much
 */
export async function expandGlob(path: string): Promise<string[]> {
  const found = new Set<string>();
  const budget = { entries: mostEntries, path };
  for (const pattern of expandBraces(path)) {
    const parts = pattern
      .split('/')
      .filter(Boolean)
      .map(part => ({ part, tokens: tokensOf(part, path) }));
    for (const file of await walk('/', parts, budget)) found.add(file);
  }
  return [...found].toSorted();
}

interface Part {
  part: string;
  tokens: Token[];
}

async function walk(folder: string, parts: readonly Part[], budget: Budget): Promise<string[]> {
  let reached = [folder];
  for (const [index, { part, tokens }] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const next: string[] = [];
    for (const each of reached) {
      const names = isGlob(part) || part.includes('\\') ? await namesIn(each, budget) : [part];
      const matching =
        names.length === 1 && names[0] === part ? names : names.filter(name => matches(name, tokens));
      next.push(...matching.map(name => join(each, name)));
    }
    reached = isLast ? await onlyFiles(next) : next;
  }
  return reached;
}

interface Budget {
  entries: number;
  path: string;
}

/** None in what isn't a folder or can't be read. */
async function namesIn(folder: string, budget: Budget): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  budget.entries -= names.length;
  if (budget.entries < 0) throw invalid(budget.path, `means more than ${mostEntries} names to look at`);
  return names;
}

async function onlyFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if ((await stat(path).catch(() => undefined))?.isFile()) files.push(path);
  }
  return files;
}

/** `a{b,c{d,e}}` becomes ab, acd, ace. Within brackets and after a backslash a brace is itself. */
export function expandBraces(path: string): string[] {
  const done: string[] = [];
  const waiting = [path];
  for (let pattern = waiting.pop(); pattern !== undefined; pattern = waiting.pop()) {
    const braces = firstBraces(pattern, path);
    if (!braces) done.push(pattern);
    else {
      const { before, choices, after } = braces;
      waiting.push(...choices.map(choice => before + choice + after));
    }
    if (done.length + waiting.length > mostPatterns)
      throw invalid(path, `means more than ${mostPatterns} patterns`);
  }
  return done;
}

function firstBraces(
  pattern: string,
  path: string,
): { before: string; choices: string[]; after: string } | undefined {
  const choices: string[] = [];
  let [depth, start, begin, isSet] = [0, 0, 0, false];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (isSet) isSet = character !== ']';
    else if (character === '[') isSet = true;
    else if (character === '{') {
      if (depth === 0) [start, begin] = [at, at + 1];
      depth++;
    } else if (depth === 1 && (character === ',' || character === '}')) {
      choices.push(pattern.slice(begin, at));
      begin = at + 1;
      if (character === '}')
        return { before: pattern.slice(0, start), choices, after: pattern.slice(at + 1) };
    } else if (character === '}' && depth > 0) depth--;
  }
  if (depth > 0) throw invalid(path, 'has a { without a }');
  return undefined;
}

/** One character of a name, or with '*' any number of them. */
type Token = '*' | ((character: string) => boolean);

function tokensOf(part: string, path: string): Token[] {
  const characters = Array.from(part);
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    if (character === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (character === '?') tokens.push(() => true);
    else if (character === '[') {
      const end = characters.indexOf(']', at + 2);
      if (end === -1) throw invalid(path, 'has a [ without a ]');
      tokens.push(setOf(characters.slice(at + 1, end)));
      at = end;
    } else {
      const wanted = character === '\\' ? (characters[++at] ?? '\\') : character;
      tokens.push(each => each === wanted);
    }
  }
  return tokens;
}

function setOf(inside: readonly string[]): (character: string) => boolean {
  const isNegated = inside[0] === '^' || inside[0] === '!';
  const members = isNegated ? inside.slice(1) : inside;
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    if (members[at] === '\\' && at + 1 < members.length) at++;
    const from = members[at] ?? '';
    const to = members[at + 1] === '-' ? members[at + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) at += 2;
  }
  return character => ranges.some(([from, to]) => from <= character && character <= to) !== isNegated;
}

/** In time of the name's length times the pattern's: only the last * is tried again. */
function matches(name: string, tokens: readonly Token[]): boolean {
  const characters = Array.from(name);
  let [at, token, starAt, starToken] = [0, 0, 0, -1];
  while (at < characters.length) {
    const wanted = tokens[token];
    if (wanted === '*') [starAt, starToken, token] = [at, token, token + 1];
    else if (wanted?.(characters[at] ?? '')) [at, token] = [at + 1, token + 1];
    else if (starToken >= 0) [starAt, at, token] = [starAt + 1, starAt + 1, starToken + 1];
    else return false;
  }
  return tokens.slice(token).every(each => each === '*');
}

function invalid(path: string, what: string): SparkdeckError {
  return new SparkdeckError(
    'request.invalid',
    `The pattern ${path} ${what}. Name fewer files, or put a \\ before a character that stands for itself.`,
  );
}
