import { mkdirSync, writeFileSync } from 'node:fs';

/** What a job server must never do to a job. */
export interface Harm {
  /** acknowledged, and then not there or never ended */
  lost: number;
  /** run more than once */
  doubled: number;
  /** ended in another state than it did in truth, or without a reason */
  misreported: number;
  /** processes left when it had ended */
  orphaned: number;
}

interface Row extends Harm {
  fault: string;
  tried: number;
}

const rows = new Map<string, Row>();
const details: string[] = [];

/** Counts a fault that was tried, and what became of the jobs. */
export function count(fault: string, harm: Partial<Harm>, detail = ''): void {
  const row = rows.get(fault) ?? { fault, tried: 0, lost: 0, doubled: 0, misreported: 0, orphaned: 0 };
  row.tried++;
  row.lost += harm.lost ?? 0;
  row.doubled += harm.doubled ?? 0;
  row.misreported += harm.misreported ?? 0;
  row.orphaned += harm.orphaned ?? 0;
  rows.set(fault, row);
  if (harmOf(row) > 0 && Object.values(harm).some(Boolean))
    details.push(`${fault}: ${JSON.stringify(harm)} ${detail}`);
}

/** All harm of all faults, with what is known of each case. */
export function totalHarm(): { harm: number; tried: number; details: readonly string[] } {
  const all = [...rows.values()];
  return {
    harm: all.reduce((sum, row) => sum + harmOf(row), 0),
    tried: all.reduce((sum, row) => sum + row.tried, 0),
    details,
  };
}

/** Prints the table, and keeps it as Markdown for the README. */
export function report(): void {
  const header = ['fault', 'tried', 'jobs lost', 'doubled', 'misreported', 'orphaned'];
  const body = [...rows.values()].map(row =>
    [row.fault, row.tried, row.lost, row.doubled, row.misreported, row.orphaned].map(String),
  );
  const total = [
    '**all**',
    ...[1, 2, 3, 4, 5].map(column => String(body.reduce((sum, row) => sum + Number(row[column]), 0))),
  ];
  const lines = [header, header.map((_, index) => (index === 0 ? '---' : '--:')), ...body, total].map(
    cells => `| ${cells.join(' | ')} |`,
  );
  console.log(`\n${lines.join('\n')}\n${details.map(detail => `${detail}\n`).join('')}`);
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/chaos.md', `${lines.join('\n')}\n`);
}

const harmOf = (row: Harm): number => row.lost + row.doubled + row.misreported + row.orphaned;
