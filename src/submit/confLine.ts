import * as l10n from '@vscode/l10n';
import { joinArguments, splitArguments } from './splitArguments.ts';

export type ConfResult = { ok: true; conf: Record<string, string> } | { ok: false; error: string };

/** Spark configuration as it is typed on one line: spark.a=1 "spark.b=two words". The names are the backend's to judge. */
export function parseConfLine(line: string): ConfResult {
  const split = splitArguments(line);
  if (!split.ok) return split;
  const conf: Record<string, string> = {};
  for (const entry of split.args) {
    const equals = entry.indexOf('=');
    if (equals < 1) return { ok: false, error: l10n.t('"{0}" is not of the form name=value.', entry) };
    const name = entry.slice(0, equals);
    if (!name.startsWith('spark.')) {
      return {
        ok: false,
        error: l10n.t('"{0}" is no Spark setting: their names begin with "spark.".', name),
      };
    }
    conf[name] = entry.slice(equals + 1);
  }
  return { ok: true, conf };
}

export function formatConfLine(conf: Readonly<Record<string, string>>): string {
  return joinArguments(Object.entries(conf).map(([name, value]) => `${name}=${value}`));
}
