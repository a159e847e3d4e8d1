import { visibleLine, visibleText } from '../../../protocol/visibleText.ts';
import type { Paint } from '../output.ts';
import { withoutStyles } from '../styles.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

/** Rows of cells as aligned text, with a header; cells may hold styles. The last column isn't padded. */
export function formatTable(columns: Column[], cells: string[][], paint: Paint): string {
  // A cell is one line: a line break in a name must not look like another row.
  const rows = cells.map(row => row.map(visibleLine));
  const titles = columns.map(column => column.title);
  const widths = columns.map((_, i) => Math.max(...[titles, ...rows].map(row => width(row[i] ?? ''))));
  const line = (row: string[], style: (cell: string) => string): string =>
    columns
      .map((column, i) => {
        const cell = style(row[i] ?? '');
        const padding = ' '.repeat((widths[i] ?? 0) - width(cell));
        if (column.align === 'right') return padding + cell;
        return i === columns.length - 1 ? cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [line(titles, title => paint('dim', title)), ...rows.map(row => line(row, cell => cell))].join('\n');
}

/** Names and values, one pair a line, the values aligned. Pairs without a value are left out. */
export function formatFields(fields: [name: string, value: string | undefined][], paint: Paint): string {
  const present = fields.filter(([, value]) => value !== undefined && value !== '');
  const widest = Math.max(0, ...present.map(([name]) => name.length));
  return present
    .map(([name, value]) => `${paint('dim', name.padEnd(widest))}  ${indented(value ?? '', widest + 2)}`)
    .join('\n');
}

function width(cell: string): number {
  return withoutStyles(cell).length;
}

/** Further lines stand below the first, so that none of them looks like a field. */
function indented(value: string, by: number): string {
  return visibleText(value).replaceAll('\n', `\n${' '.repeat(by)}`);
}
