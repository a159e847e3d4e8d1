import type { Metafile } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licences of the packages whose code esbuild put into the bundles, as one text. Paths in `metafile` are relative to `folder`. */
export function thirdPartyNotices(metafile: Metafile, folder: string): string {
  const notices = bundledPackages(Object.keys(metafile.inputs)).map(path => notice(join(folder, path)));
  return ['This product contains the following packages.', ...notices].join('\n\n');
}

/** Folders of packages, each once, out of the files that went into a bundle. */
export function bundledPackages(inputs: readonly string[]): string[] {
  const folders = inputs.flatMap(
    input => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  return [...new Set(folders)].toSorted();
}

function notice(folder: string): string {
  const manifest: { name: string; version: string; license?: string } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find(name => /^(licen[cs]e|copying)/i.test(name));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${manifest.license}`;
  return `${'-'.repeat(72)}\n${manifest.name} ${manifest.version}\n\n${text}`;
}
