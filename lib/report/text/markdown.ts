import { cellText, type DataTable, headText } from './data-table.js';

/** A table in Markdown: names to the left, everything else to the right. */
export function markdownTable({ columns, rows, bold }: Omit<DataTable, 'caption' | 'name'>): string {
  const lines = rows.map((cells, row) =>
    cells.map((cell, column) => {
      const text = cellText(cell, columns[column]?.digits);
      return bold?.has(`${row},${column}`) ? `**${text}**` : text;
    }),
  );
  return [columns.map(headText), columns.map((_, i) => (i === 0 ? '---' : '--:')), ...lines]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}
