import { html, type Markup } from './markup.js';

export interface Column {
  readonly label: string;
  readonly unit?: string;
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
  /** On a phone each row is a card of its own: for a table that people read row by row, with many columns. */
  readonly cards?: boolean;
}

/** The table with its CSV file, which is in the page itself. */
export function tableMarkup(table: DataTable): Markup {
  const { caption, name, columns, rows, cards = false } = table;
  const words = rows.every((cells) => cells.every((cell) => typeof cell !== 'number'));
  const kinds = [words ? 'words' : '', cards ? 'cards' : ''].filter((kind) => kind !== '').join(' ');
  // The roles stay where the style sheet makes cards of the rows.
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table role="table" class="${kinds}">
<caption><span>${caption}</span></caption>
<thead role="rowgroup"><tr role="row">${columns.map(headMarkup)}</tr></thead>
<tbody role="rowgroup">${rows.map((cells, row) => html`<tr role="row">${cells.map((cell, i) => cellMarkup(table, cell, row, i))}</tr>\n`)}</tbody>
</table></div>
${csvLink(name, csv(table))}`;
}

/** A file that is in the page itself. */
export function csvLink(name: string, text: string): Markup {
  return html`<p class="csv"><a download="${name}.csv" href="data:text/csv;charset=utf-8,${encodeURIComponent(text)}">${name}.csv</a></p>`;
}

function headMarkup({ label, unit }: Column): Markup {
  return html`<th scope="col" role="columnheader">${label}${unit === undefined ? null : html` <small>${unit}</small>`}</th>`;
}

function cellMarkup({ columns, bold }: DataTable, cell: Cell, row: number, column: number): Markup {
  const head = columns[column];
  const text = cellText(cell, head?.digits);
  if (column === 0) return html`<th scope="row" role="rowheader">${text}</th>`;
  const content = bold?.has(`${row},${column}`) ? html`<strong>${text}</strong>` : text;
  const label = head === undefined ? '' : headText(head);
  return html`<td role="cell"${isNumber(cell) ? null : html` class="text"`} data-label="${label}">${content}</td>`;
}

/** A number, the text of one with its deviation, or what stands in the place of one. */
function isNumber(cell: Cell): boolean {
  return typeof cell !== 'string' || /^−?[\d.]+( ± [\d.]+)?$|^–$|diverged$/.test(cell);
}

/** A column's head with its unit, in one line. */
export function headText({ label, unit }: Column): string {
  return unit === undefined ? label : `${label}, ${unit}`;
}

/** A value for people: a dash for none and for what is no finite number, a true minus sign. */
export function cellText(cell: Cell, digits?: number): string {
  if (typeof cell === 'string') return cell;
  if (cell === null || !Number.isFinite(cell)) return '–';
  const text = digits === undefined ? String(cell) : cell.toFixed(digits);
  return text.replace('-', '−');
}

/** The table as RFC 4180 has it, every digit of every number. */
export function csv({ columns, rows }: Pick<DataTable, 'columns' | 'rows'>): string {
  const lines = [columns.map(headText), ...rows];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(cell: Cell): string {
  const text = cell === null || (typeof cell === 'number' && !Number.isFinite(cell)) ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
