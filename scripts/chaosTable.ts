import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fillReadme } from './readmeTable.ts';

/** `npm run test:chaos` ends with this. */
const table = await readFile('test-results/chaos.md', 'utf8');
const words = `What the long form did to it last, on a machine with ${cpus().length} cores, and how many jobs came to harm:`;
const abuse = await readFile('test-results/abuse.md', 'utf8');
const abuseWords =
  'While every route gets sizes that nobody needs, and its connections do what none should. A turn is measured as CPU time of the main thread, so that other programs of the machine do not count:';
await fillReadme('chaos', `${words}\n\n${table.trim()}\n\n${abuseWords}\n\n${abuse.trim()}`);
