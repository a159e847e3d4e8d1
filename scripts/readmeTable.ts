import { readFile, writeFile } from 'node:fs/promises';

const readme = 'README.md';

/** Puts a text between two marks of the README, `<!-- NAME:begin -->` and `<!-- NAME:end -->`, in place of what is there. */
export async function fillReadme(name: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const whole = await readFile(readme, 'utf8');
  const from = whole.indexOf(begin);
  const to = whole.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${readme} has no place for the table: ${begin} … ${end}`);
  await writeFile(readme, `${whole.slice(0, from)}${begin}\n\n${text}\n\n${whole.slice(to)}`);
  console.log(`The table "${name}" of ${readme} is that of this run.`);
}
