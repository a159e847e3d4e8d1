import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fillReadme } from './readmeTable.ts';

/** `npm run test:chaos` ends with this. */
const table = await readFile('test-results/chaos.md', 'utf8');
const words = `What the long form did to it last, on a machine with ${cpus().length} cores, and how many jobs came to harm:`;
await fillReadme('chaos', `${words}\n\n${table.trim()}`);
