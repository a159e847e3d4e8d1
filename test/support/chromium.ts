import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** A browser for playwright: the one that CHROMIUM names, else the first of the usual ones on this machine. */
export function findChromium(env: NodeJS.ProcessEnv): string {
  if (env['CHROMIUM']) return env['CHROMIUM'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
  const places = [...folders.flatMap(folder => names.map(name => join(folder, name))), ...applications];
  const found = places.find(isProgram);
  if (found) return found;
  throw new Error(
    'No Chromium was found. Install it (Debian, Ubuntu: sudo apt-get install chromium), or name one in the environment variable CHROMIUM.',
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
