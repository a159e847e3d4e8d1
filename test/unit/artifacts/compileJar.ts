import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Compiles Java and packs it with the machine's own tools.
 * @param sources by path, `com/example/Main.java`
 * @param jarOptions the jar tool's options beyond --create and --file
 * @param classPath what the sources need, as javac takes it
 */
export function compileJar(
  folder: string,
  sources: Record<string, string>,
  jarOptions: string[] = [],
  classPath = '',
): string {
  const classes = join(folder, 'classes');
  mkdirSync(classes, { recursive: true });
  const files = Object.entries(sources).map(([path, text]) => {
    const file = join(folder, 'sources', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  });
  execFileSync('javac', ['-d', classes, '-cp', classPath, ...files]);
  const jarFile = join(folder, 'jobs ü.jar');
  execFileSync('jar', ['--create', '--file', jarFile, ...jarOptions, '-C', classes, '.']);
  return jarFile;
}
