import * as l10n from '@vscode/l10n';
import type { LogSearchResult, Stream } from '../../server/protocol/log.ts';

export interface Match {
  stream: Stream;
  /** In bytes, of the line's beginning. */
  position: number;
}

/** A row of the list of found lines, or (without a match) the heading of a stream. */
export interface MatchItem {
  label: string;
  match?: Match;
}

/** The found lines of both streams, each under its heading; nothing of a stream without any. */
export function matchItems(found: readonly { stream: Stream; result: LogSearchResult }[]): MatchItem[] {
  return found.flatMap(({ stream, result: { matches, ended } }) => {
    if (matches.length === 0) return [];
    const name = { stdout: l10n.t('output'), stderr: l10n.t("Spark's log") }[stream];
    const label = ended ? name : l10n.t('{0}, the first {1} lines', name, matches.length);
    return [
      { label },
      ...matches.map(({ position, line }) => ({
        label: visible(line),
        match: { stream, position },
      })),
    ];
  });
}

/** As it reads in a list: without the spaces around it, and "$(" is no icon. */
function visible(line: string): string {
  const text = line.replaceAll(/\s+/g, ' ').trim();
  return text.replaceAll('$(', '$\u200B(');
}
