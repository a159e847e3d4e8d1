import { normalize, resolve } from 'node:path';

/** Of one request. Enough for any class path, and few enough to be looked at. */
const mostPaths = 5000;

/**
 * The paths on this machine that a text may name to Spark: the name of a file, or the value of a setting or a variable with
 * names anywhere in it. Spark and Java have several readings of one name (a URI or a plain path, with or without escapes, a
 * fragment, an alias), so all are given. What is in no store of files here (hdfs:, s3a:, http:) gives none that is there.
 * @param folder from which a relative name is read
 * @returns undefined when there are too many
 */
export function namedPaths(texts: Iterable<string>, folder: string): string[] | undefined {
  const found = new Set<string>();
  for (const text of texts) {
    for (const name of namesIn(text)) {
      for (const path of readings(name)) {
        const full = resolve(folder, path);
        // Java takes `..` away before it follows links, the kernel afterwards.
        // A text with braces that is no path, JSON say, is not read as a relative one.
        if (!path.startsWith('/') && /[{}]/.test(path)) continue;
        found.add(path.startsWith('/') ? path : `${folder}/${path}`).add(normalize(full));
        if (found.size > mostPaths) return undefined;
      }
    }
  }
  return [...found];
}

/** The whole text, and its parts by what separates names in lists, class paths, options and assignments. */
function namesIn(text: string): Set<string> {
  const parts = text.split(/[\s,;"'=|@]+/);
  return new Set(
    [text, ...parts, ...parts.flatMap(part => part.split(':'))].filter(
      name => name.includes('/') || name.includes('\\') || name.includes('%') || name === text,
    ),
  );
}

function readings(name: string): string[] {
  const trimmed = name.trim();
  const withoutScheme = /^(?:file|local):(?:\/\/[^/]*(?=\/))?(.*)$/is.exec(trimmed)?.[1];
  const plain = [trimmed, ...(withoutScheme === undefined ? [] : [withoutScheme])];
  const bare = plain.flatMap(each => [each, each.replace(/[#?].*$/s, ''), each.replace(/#[^#]*$/s, '')]);
  // Of \ Spark's globs make what stands after it.
  const spelled = bare.flatMap(each => [each, unescaped(each), each.replaceAll('\\', '')]);
  return [...new Set(spelled)].filter(each => each !== '' && !each.includes('\0'));
}

/** Without the escapes of a URI, of which a path of the disk may hold what looks like one. */
function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name.replaceAll(/%([0-7][0-9a-f])/gi, (_, code: string) =>
      String.fromCodePoint(parseInt(code, 16)),
    );
  }
}
