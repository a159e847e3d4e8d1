import { benchBackend } from './backend.ts';
import { benchHttp } from './http.ts';
import { benchLaunch } from './launch.ts';
import { benchLog } from './log.ts';

/** `npm run bench -- [launch|backend|log|http]...`; all of them unless one is named. */
const all: Record<string, () => Promise<void>> = {
  launch: () => benchLaunch(5),
  backend: () => benchBackend(100),
  log: () => benchLog(3),
  http: () => benchHttp(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.find(name => !all[name]);
if (unknown !== undefined) {
  console.error(`There is no bench "${unknown}". There are: ${Object.keys(all).join(', ')}.`);
  process.exit(2);
}
for (const [name, run] of Object.entries(all)) {
  if (wanted.length === 0 || wanted.includes(name)) await run();
}
