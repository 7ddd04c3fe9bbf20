import { csv } from '../csv.js';
import { type Cell, type Column, cellText, type DataTable, headText } from '../text/data-table.js';
import { html, type Markup } from './markup.js';

/** Columns of numbers that fit on a sheet of paper. */
const MOST_PRINTED = 12;

/** A longer text is broken between its words. */
const LONGEST_LINE = 48;

/** The table with its CSV file, which is in the page itself. */
export function tableMarkup(table: DataTable): Markup {
  const { caption, name, columns, rows, cards = false } = table;
  const isWide = columns.length > MOST_PRINTED;
  const words = rows.every((cells) => cells.every((cell) => typeof cell !== 'number'));
  const kinds = [words ? 'words' : '', cards ? 'cards' : ''].filter((kind) => kind !== '').join(' ');
  // The roles stay where the style sheet makes cards of the rows.
  return html`<div class="scroll${isWide ? ' screen' : ''}" tabindex="0" role="region" aria-label="${caption}"><table role="table" class="${kinds}">
<caption><span>${caption}</span></caption>
<thead role="rowgroup"><tr role="row">${columns.map(headMarkup)}</tr></thead>
<tbody role="rowgroup">${rows.map((cells, row) => html`<tr role="row">${cells.map((cell, i) => cellMarkup(table, cell, row, i))}</tr>\n`)}</tbody>
</table></div>
${isWide ? html`<p class="paper">${caption}: ${columns.length} columns, in ${name}.csv of this page.</p>` : null}
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
  const kind = isNumber(cell) ? null : html` class="${text.length > LONGEST_LINE ? 'text long' : 'text'}"`;
  return html`<td role="cell"${kind} data-label="${label}">${content}</td>`;
}

/** A number, the text of one with its deviation, or what stands in the place of one. */
function isNumber(cell: Cell): boolean {
  return typeof cell !== 'string' || /^−?[\d.]+( ± [\d.]+)?$|^–$|diverged$/.test(cell);
}
