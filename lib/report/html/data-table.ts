import { html, type Markup } from './markup.js';

export interface Column {
  /** With the unit. */
  readonly label: string;
  /** Decimals that the page shows; the CSV file has all. */
  readonly digits?: number;
}

export type Cell = string | number | null;

/** The numbers behind a picture. */
export interface DataTable {
  readonly caption: string;
  /** Name of the CSV file, without `.csv`. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** The first cell names the row; null is no value. */
  readonly rows: readonly (readonly Cell[])[];
  /** `[row, column]` of what stands out. */
  readonly bold?: ReadonlySet<string>;
}

/** The table with its CSV file, which is in the page itself. */
export function tableMarkup(table: DataTable): Markup {
  const words = table.rows.every((cells) => cells.every((cell) => typeof cell !== 'number'));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${table.caption}"><table${words ? html` class="words"` : null}>
<caption>${table.caption}</caption>
<thead><tr>${table.columns.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
<tbody>${table.rows.map((cells, row) => html`<tr>${cells.map((cell, i) => cellMarkup(table, cell, row, i))}</tr>\n`)}</tbody>
</table></div>
<p class="csv"><a download="${table.name}.csv" href="data:text/csv;charset=utf-8,${encodeURIComponent(csv(table))}">${table.name}.csv</a></p>`;
}

function cellMarkup({ columns, bold }: DataTable, cell: Cell, row: number, column: number): Markup {
  const text = cellText(cell, columns[column]?.digits);
  if (column === 0) return html`<th scope="row">${text}</th>`;
  const content = bold?.has(`${row},${column}`) ? html`<strong>${text}</strong>` : text;
  return typeof cell === 'string' ? html`<td class="text">${content}</td>` : html`<td>${content}</td>`;
}

/** A value for people: a dash for none, a true minus sign. */
export function cellText(cell: Cell, digits?: number): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  const text = digits === undefined ? String(cell) : cell.toFixed(digits);
  return text.replace('-', '−');
}

/** The table as RFC 4180 has it, every digit of every number. */
export function csv({ columns, rows }: Pick<DataTable, 'columns' | 'rows'>): string {
  const lines = [columns.map(({ label }) => label), ...rows];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
