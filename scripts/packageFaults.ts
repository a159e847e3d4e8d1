/** Bytes. */
const sizeLimit = 2_000_000;

/** What is wrong with a package of these files and this size in bytes; empty when nothing is. */
export function packageFaults(paths: readonly string[], size: number): string[] {
  const unwanted = paths.filter(
    path => /\.(ts|mts|cts|map)$/.test(path) || /(^|\/)(node_modules|src|server|tests?)\//.test(path),
  );
  const missing = ['extension.cjs', 'backend.mjs', 'cli.mjs', 'page.html', 'page.js'].filter(
    name => !paths.includes(`extension/dist/${name}`),
  );
  return [
    ...unwanted.map(path => `${path} is a source or a test: see .vscodeignore.`),
    ...missing.map(name => `dist/${name} is missing.`),
    ...(size > sizeLimit ? [`It has ${size} bytes; ${sizeLimit} are allowed.`] : []),
  ];
}
