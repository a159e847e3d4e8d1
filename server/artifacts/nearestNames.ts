/**
 * The names most like `wanted`, best first: those that end in the same simple name, then those that a few typing
 * mistakes turn into it. At most `limit`.
 */
export function nearestNames(wanted: string, names: Iterable<string>, limit = 3): string[] {
  const simple = simpleName(wanted).toLowerCase();
  const ranked: { name: string; distance: number }[] = [];
  for (const name of names) {
    const distance = editDistance(simple, simpleName(name).toLowerCase(), tolerance(simple));
    if (distance <= tolerance(simple)) ranked.push({ name, distance });
  }
  ranked.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return ranked.slice(0, limit).map(entry => entry.name);
}

const simpleName = (name: string): string =>
  name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);

const tolerance = (text: string): number => Math.max(1, Math.floor(text.length / 3));

/** Levenshtein's distance; anything above `most` is only known to be above it. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? 0) + 1;
      const added = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
