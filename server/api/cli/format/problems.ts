import { isTerminal, type Batch, type Problem } from '../../../protocol/batch.ts';
import type { Paint } from '../output.ts';

/**
 * Problems as compilers print them, so that terminals and editors make links of the places:
 * "path:line:column: error: message", below it the other lines of the message and the calls, innermost first.
 */
export function formatProblems(batch: Batch, problems: readonly Problem[], paint: Paint): string {
  if (problems.length === 0) return noProblems(batch);
  return problems.map(problem => formatProblem(problem, paint)).join('\n\n');
}

function formatProblem({ file, line, column, message, frames }: Problem, paint: Paint): string {
  const place = [file, line, ...(column === undefined ? [] : [column])].join(':');
  const [first = '', ...rest] = message.split('\n');
  return [
    `${paint('bold', place)}: ${paint('red', 'error')}: ${first}`,
    ...rest.map(text => `  ${text}`),
    ...frames.toReversed().map(frame => paint('dim', `  at ${frame.file}:${frame.line} in ${frame.name}`)),
  ].join('\n');
}

function noProblems({ id, state, reason }: Batch): string {
  if (!isTerminal(state)) return `Batch ${id} has no problems so far: it is ${state}.`;
  if (state === 'success') return `Batch ${id} has no problems: it ended with success.`;
  const why = reason === undefined ? '' : ` (${reason.split('\n', 1)[0] ?? ''})`;
  return (
    `Batch ${id} has no problem at a line of your code: it is ${state}${why}. ` +
    `Spark's log may say more: sparkdeck logs ${id} --stream stderr --tail 100`
  );
}
