import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** `npm run test:chaos` ends with this: its table goes into the README, between two marks. */
const readme = 'README.md';
const [begin, end] = ['<!-- chaos:begin -->', '<!-- chaos:end -->'];

const table = await readFile('test-results/chaos.md', 'utf8');
const text = await readFile(readme, 'utf8');
const from = text.indexOf(begin);
const to = text.indexOf(end);
if (from < 0 || to < from) throw new Error(`${readme} has no place for the table: ${begin} … ${end}`);

const words = `What the long form did to it last, on a machine with ${cpus().length} cores, and how many jobs came to harm:`;
await writeFile(readme, `${text.slice(0, from)}${begin}\n\n${words}\n\n${table}\n${text.slice(to)}`);
console.log(`The table of ${readme} is that of this run.`);
