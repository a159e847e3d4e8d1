import { join } from 'node:path';
import { projectFolder } from '../../scripts/build.ts';

/** Where a failed test leaves its picture. Titles of tests hold anything; names of files letters, digits and dashes. */
export function failurePicture(ring: string, title: string): string {
  const name = title.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 120);
  return join(projectFolder, 'test-results', `${ring}-${name}.png`);
}
