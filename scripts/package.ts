import { createVSIX } from '@vscode/vsce';
import { globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPromise } from 'yauzl';
import { build, projectFolder } from './build.ts';
import { isMain } from './isMain.ts';
import { packageFaults } from './packageFaults.ts';
import { thirdPartyNotices } from './thirdPartyNotices.ts';

interface PackedFile {
  path: string;
  /** Compressed, in bytes. */
  size: number;
}

/** Builds the VSIX, says what is in it, and refuses one that is too big or holds what users don't need. Returns its path. */
export async function packageExtension(): Promise<string> {
  const metafile = await build({ production: true });
  writeFileSync(
    join(projectFolder, 'dist', 'THIRD_PARTY_NOTICES.txt'),
    thirdPartyNotices(metafile, projectFolder),
  );
  for (const old of globSync('sparkdeck-*.vsix', { cwd: projectFolder })) rmSync(join(projectFolder, old));
  const packagePath = join(projectFolder, `sparkdeck-${manifestVersion()}.vsix`);
  await createVSIX({
    cwd: projectFolder,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    // Relative links of the README would be turned into links to the repository's site.
    rewriteRelativeLinks: false,
  });

  const files = await packedFiles(packagePath);
  for (const { path, size } of files) console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${path}`);
  const size = statSync(packagePath).size;
  console.log(`${packagePath}: ${files.length} files, ${(size / 1000).toFixed(0)} kB`);
  const faults = packageFaults(
    files.map(file => file.path),
    size,
  );
  if (faults.length > 0) throw new Error(`The package isn't fit to give away:\n${faults.join('\n')}`);
  return packagePath;
}

function manifestVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  return manifest.version;
}

async function packedFiles(vsix: string): Promise<PackedFile[]> {
  const files: PackedFile[] = [];
  const zip = await openPromise(vsix);
  for await (const { fileName, compressedSize } of zip.eachEntry()) {
    files.push({ path: fileName, size: compressedSize });
  }
  return files;
}

if (isMain(import.meta.url)) await packageExtension();
