import type { SourceFiles } from '../sourceFiles.ts';
import type { PythonFrame } from './python.ts';

/**
 * Whether a call stands in a `try` that has an `except`, by the indent of the lines around it. Undefined when the source
 * can't be had.
 */
export function isGuarded(frame: PythonFrame | undefined, sources: SourceFiles): boolean | undefined {
  const file = frame && sources.find(frame.file);
  if (!frame || file === undefined) return undefined;
  const own = sources.line(file, frame.line);
  if (own === undefined) return undefined;
  let depth = indentOf(own);
  for (let at = frame.line - 1; at > frame.line - lineLimit && depth > 0; at--) {
    const line = sources.line(file, at);
    if (line === undefined) break;
    if (!isCode(line) || indentOf(line) >= depth) continue;
    depth = indentOf(line);
    if (/^\s*try\s*:/.test(line) && hasExcept(file, frame.line, depth, sources)) return true;
  }
  return false;
}

function hasExcept(file: string, from: number, depth: number, sources: SourceFiles): boolean {
  for (let at = from + 1; at < from + lineLimit; at++) {
    const line = sources.line(file, at);
    if (line === undefined) return false;
    if (isCode(line) && indentOf(line) <= depth) return /^\s*except\b/.test(line);
  }
  return false;
}

const lineLimit = 2000;
const indentOf = (line: string): number => line.length - line.trimStart().length;
const isCode = (line: string): boolean => /^\s*[^\s#]/.test(line);
