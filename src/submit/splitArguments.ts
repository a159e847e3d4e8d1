import * as l10n from '@vscode/l10n';

export type SplitResult = { ok: true; args: string[] } | { ok: false; error: string };

/**
 * Splits a line into arguments by a POSIX shell's rules of quoting: 'as it stands', "with \" and \\", a\ b. Nothing is
 * expanded: $, ~ and * are ordinary signs.
 */
export function splitArguments(line: string): SplitResult {
  const args: string[] = [];
  let current: string | undefined;
  let quote: '"' | "'" | undefined;
  const add = (text: string): void => {
    current = (current ?? '') + text;
  };
  for (let i = 0; i < line.length; i++) {
    const sign = line.charAt(i);
    if (quote === "'") {
      if (sign === "'") quote = undefined;
      else add(sign);
    } else if (sign === '\\') {
      const next = line.charAt(i + 1);
      if (next === '') return { ok: false, error: l10n.t('A backslash at the end has nothing to quote.') };
      add(quote === '"' && !'"\\$`'.includes(next) ? sign + next : next);
      i++;
    } else if (quote === '"') {
      if (sign === '"') quote = undefined;
      else add(sign);
    } else if (sign === '"' || sign === "'") {
      quote = sign;
      add('');
    } else if (/\s/.test(sign)) {
      if (current !== undefined) args.push(current);
      current = undefined;
    } else {
      add(sign);
    }
  }
  if (quote) return { ok: false, error: l10n.t('The quotation mark {0} is not closed.', quote) };
  if (current !== undefined) args.push(current);
  return { ok: true, args };
}

/** The line that splits into these arguments. */
export function joinArguments(args: readonly string[]): string {
  return args
    .map(arg => (/^[\w@%+=:,./~*$-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}
