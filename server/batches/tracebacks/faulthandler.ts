import type { PythonError, PythonFrame } from './python.ts';

/**
 * The end of a Python process that its `faulthandler` saw: "Fatal Python error: Segmentation fault", then the calls of
 * each thread, the innermost first. Those of the thread that failed are given, the outermost first.
 */
export function readFatalError(lines: readonly string[]): PythonError | undefined {
  const start = lines.findLastIndex(line => line.startsWith(marker));
  if (start === -1) return undefined;
  const frames: PythonFrame[] = [];
  let end = start + 1;
  while (end < lines.length && !/^Current thread .*\(most recent call first\):$/.test(lines[end] ?? ''))
    end++;
  for (end++; end < lines.length; end++) {
    const match = /^ {2}File "(.+)", line (\d+) in (.+)$/.exec(lines[end] ?? '');
    if (!match) break;
    frames.push({ file: match[1] ?? '', line: Number(match[2]), name: match[3] ?? '' });
  }
  const message = [lines[start]?.slice(marker.length) ?? ''];
  return {
    type: 'Fatal Python error',
    message,
    frames: frames.slice(0, 1000).toReversed(),
    follows: undefined,
    context: undefined,
    start,
    told: end,
    end,
  };
}

const marker = 'Fatal Python error: ';
