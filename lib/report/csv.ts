import { headOf, type Measure, type Method, measured, measuresOf, runsOf } from './text/comparison.js';
import type { Cell, Column, DataTable } from './text/data-table.js';
import { headText } from './text/data-table.js';
import { toldMeasures } from './text/told-measures.js';

/** The table as RFC 4180 has it, every digit of every number. */
export function csv({ columns, rows }: Pick<DataTable, 'columns' | 'rows'>): string {
  const lines = [columns.map(headText), ...rows];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

function csvCell(cell: Cell): string {
  const text = cell === null || (typeof cell === 'number' && !Number.isFinite(cell)) ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line a method, with means and deviations as numbers of their own; after what all have what the strategies told. */
export function comparisonCsv(methods: readonly Method[]): string {
  const measures = measuresOf(methods);
  const told = toldMeasures(runsOf(methods));
  const columns = (heads: readonly string[]): Column[] =>
    heads.flatMap((head) => [{ label: head }, { label: `${head}, sd` }]);
  const values = (method: Method, all: readonly Pick<Measure, 'of'>[]): (number | null)[] =>
    all.flatMap((measure) => {
      const value = measured(method, measure);
      return [value?.mean ?? null, value?.deviation ?? null];
    });
  const anyDiverged = methods.some(({ diverged }) => diverged.length > 0);
  return csv({
    columns: [
      { label: 'method' },
      { label: 'seeds' },
      ...(anyDiverged ? [{ label: 'diverged' }] : []),
      ...columns(measures.map((measure) => headText(headOf(measure, methods)))),
      ...columns(told.map(({ label }) => label)),
      { label: 'seed numbers' },
    ],
    rows: methods.map((method) => [
      method.label,
      method.runs.length,
      ...(anyDiverged ? [method.diverged.length] : []),
      ...values(method, measures),
      ...values(method, told),
      method.runs.map(({ config }) => config.seed).join(' '),
    ]),
  });
}
