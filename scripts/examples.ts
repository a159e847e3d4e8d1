import { messageOf } from '../server/protocol/errors.ts';
import { ServedBackend } from '../test/clients/support/servedBackend.ts';
import { walkDocuments, type Step } from '../test/support/documentWalk.ts';
import { ensureSystem } from './system.ts';

/** Characters of the terminal for each of the two columns. */
const columnWidth = 62;

/**
 * `npm run examples`: starts an empty server, runs the examples of the documents whose interfaces it speaks, word for word
 * but for host and port, and prints each answer beside the document's.
 */
async function main(): Promise<void> {
  await ensureSystem(['java', 'python']);
  const served = await ServedBackend.start('--no-auth');
  try {
    console.log(`An empty server at ${served.address}`);
    for await (const step of walkDocuments(served)) console.log(show(step));
  } finally {
    await served.stop();
  }
}

function show({ what, command, note, status, answer, document }: Step): string {
  const here = [`${status}`, ...pretty(answer)];
  const shown = document === undefined ? here : beside(['the document', ...pretty(document)], here);
  return [
    '',
    `=== ${what} ===`,
    command,
    ...(note === undefined ? [] : [`(${note.trim()})`]),
    '',
    ...shown,
  ].join('\n');
}

function beside(left: readonly string[], right: readonly string[]): string[] {
  const [a, b] = [left, right].map(lines => lines.flatMap(line => wrap(line)));
  const height = Math.max(a?.length ?? 0, b?.length ?? 0);
  return Array.from(
    { length: height },
    (_, row) => `${(a?.[row] ?? '').padEnd(columnWidth)} | ${b?.[row] ?? ''}`,
  );
}

function wrap(line: string): string[] {
  return line.match(new RegExp(`.{1,${columnWidth}}`, 'gu')) ?? [''];
}

function pretty(text: string): string[] {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).split('\n');
  } catch {
    return text.split('\n');
  }
}

await main().catch(error => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
