import * as l10n from '@vscode/l10n';
import type { DoctorReport, Finding } from '../../server/protocol/runtime.ts';
import { escapeMarkdown } from '../format/markdown.ts';
import { formatMemory } from '../format/memory.ts';

/** What was found on this machine and what to do about it, as a Markdown page. */
export function doctorText(report: DoctorReport): string {
  const { runtime, machine, findings } = report;
  return [
    `# ${l10n.t('Sparkdeck Doctor')}`,
    runtime
      ? l10n.t(
          'Ready: jobs run with **Spark {0}**, **Java {1}** and **Python {2}**.',
          runtime.spark.version,
          runtime.java.fullVersion,
          runtime.python.version,
        )
      : l10n.t('**Not ready**: there is no Java, Spark and Python here that fit together.'),
    section(l10n.t('What to do'), findings.length > 0 ? findings.map(findingText) : [l10n.t('Nothing.')]),
    table(
      l10n.t('Java'),
      report.javas.map(({ fullVersion, home, source }) => [fullVersion, home, source]),
    ),
    table(
      l10n.t('Spark'),
      report.sparks.map(({ version, home, source }) => [version, home, source]),
    ),
    table(
      l10n.t('Python'),
      report.pythons.map(({ version, path, source }) => [version, path, source]),
    ),
    section(l10n.t('Machine'), [
      l10n.t(
        '{0}, {1} cores, {2}',
        machine.platform,
        machine.cores,
        formatMemory(Math.round(machine.memory / 2 ** 20)),
      ),
    ]),
  ].join('\n\n');
}

function findingText({ level, message, advice }: Finding): string {
  const title = { error: l10n.t('Error'), warning: l10n.t('Warning'), info: l10n.t('Note') }[level];
  const text = `- **${title}**: ${prose(message)}`;
  return advice === undefined ? text : `${text}\n\n  ${prose(advice)}`;
}

/** Commands to type stand between backticks, and stay as they are. */
function prose(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeMarkdown(part)))
    .join('');
}

function section(title: string, lines: readonly string[]): string {
  return [`## ${title}`, lines.join('\n')].join('\n\n');
}

function table(title: string, rows: readonly [version: string, place: string, source: string][]): string {
  if (rows.length === 0) return section(title, [l10n.t('None found.')]);
  const head = `| ${l10n.t('Version')} | ${l10n.t('Place')} | ${l10n.t('Found by')} |\n|:--|:--|:--|`;
  const body = rows.map(
    ([version, place, source]) => `| ${version} | ${escapeMarkdown(place)} | ${escapeMarkdown(source)} |`,
  );
  return section(title, [head, ...body]);
}
