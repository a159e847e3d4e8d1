import type { DoctorReport, Finding, InstallProgress, Runtime } from '../../../protocol/runtime.ts';
import type { Paint, Style } from '../output.ts';
import { formatFields, formatTable } from './table.ts';

const gibibyte = 1024 ** 3;

const findingStyles: Record<Finding['level'], Style> = { error: 'red', warning: 'yellow', info: 'dim' };

/** What was found on the machine, what would be used, and what to do. */
export function formatDoctorReport(report: DoctorReport, paint: Paint): string {
  const rows = [
    ...report.javas.map(java => ['Java', java.fullVersion, java.home, java.source]),
    ...report.pythons.map(python => ['Python', python.version, python.path, python.source]),
    ...report.sparks.map(spark => ['Spark', spark.version, spark.home, spark.source]),
  ];
  const { cores, memory, platform } = report.machine;
  const parts = [
    `${platform}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${(memory / gibibyte).toFixed(1)} GiB of memory`,
    rows.length === 0
      ? 'Neither Java nor Python nor Spark was found.'
      : formatTable(
          [{ title: 'WHAT' }, { title: 'VERSION' }, { title: 'WHERE' }, { title: 'FOUND BY' }],
          rows,
          paint,
        ),
  ];
  if (report.findings.length > 0) {
    parts.push(report.findings.map(finding => formatFinding(finding, paint)).join('\n'));
  }
  if (report.runtime) {
    parts.push(`${paint('green', 'Ready.')} Batches start with:\n${formatRuntime(report.runtime, paint)}`);
  } else {
    const step = report.installable
      ? ` Spark ${report.installable} can be installed: sparkdeck runtime install`
      : '';
    parts.push(`${paint('red', 'Not ready:')} no Java, Spark and Python that fit together.${step}`);
  }
  return parts.join('\n\n');
}

export function formatRuntime(runtime: Runtime, paint: Paint): string {
  return formatFields(
    [
      ['Spark', `${runtime.spark.version}  ${runtime.spark.home}`],
      ['Java', `${runtime.java.fullVersion}  ${runtime.java.home}`],
      ['Python', `${runtime.python.version}  ${runtime.python.path}`],
    ],
    paint,
  );
}

/** "download  42%  pyspark-4.3.0.tar.gz". */
export function formatInstallProgress(progress: InstallProgress): string {
  const percent = progress.fraction === undefined ? '' : `  ${Math.floor(progress.fraction * 100)}%`;
  return `${progress.message}${percent}`;
}

function formatFinding(finding: Finding, paint: Paint): string {
  const advice = finding.advice ? `\n  ${finding.advice.replaceAll('\n', '\n  ')}` : '';
  return `${paint(findingStyles[finding.level], `${finding.level}:`)} ${finding.message}${advice}`;
}
