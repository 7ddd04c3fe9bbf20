import { cellText, type DataTable, headText } from '../text/data-table.js';
import type { Figure } from './figure.js';
import { spanDomain, valueAxis, wholeTicks } from './ticks.js';

/** Columns of a table: what a number was before, where that is known, and what it is. */
export interface MeasureColumns {
  readonly key: string;
  /** What it is, in a few words. */
  readonly title: string;
  readonly before: number | undefined;
  readonly after: number;
}

interface Point {
  readonly task: number;
  readonly value: number;
}

/** A measure over the tasks, from its columns of a table whose first one has the tasks; null without a finite number. */
export function measureFigure(
  { name, rows, columns }: DataTable,
  { key, title, before, after }: MeasureColumns,
): Figure | null {
  const column = columns[after];
  const values = pointsIn(rows, after);
  if (!column || values.length === 0) return null;
  const earlier = before === undefined ? [] : pointsIn(rows, before);
  const words = headText({ ...column, label: title });
  const tasks = [...values, ...earlier].map(({ task }) => task);
  const [first, last] = [Math.min(...tasks), Math.max(...tasks)];
  const shown = (value: number): string => cellText(value, column.digits);
  const tip = ({ task, value }: Point): string => `task ${task}: ${shown(value)}`;
  return {
    id: `measure-${name}-${key}`,
    title: `${title.charAt(0).toUpperCase()}${title.slice(1)}`,
    caption: earlier.length > 0 ? 'Of each task, before (hollow) and after (filled).' : 'Of each task.',
    description: values.map(({ task, value }) => `Task ${task}: ${shown(value)}.`).join(' '),
    plot: (plot, { narrow }) => ({
      height: narrow ? 220 : 300,
      x: {
        label: 'task',
        tickFormat: 'd',
        domain: first === last ? [first - 0.5, last + 0.5] : [first, last],
        ticks: wholeTicks(first, last, narrow ? 8 : 14),
      },
      ...valueAxis(words, spanDomain([...values, ...earlier].map(({ value }) => value))),
      marks: [
        plot.line(values, { x: 'task', y: 'value', stroke: 'var(--series-0)', strokeWidth: 2 }),
        plot.dot(values, { x: 'task', y: 'value', r: 3.5, fill: 'var(--series-0)', title: tip }),
        plot.dot(earlier, {
          x: 'task',
          y: 'value',
          r: 3.5,
          fill: 'var(--card)',
          stroke: 'var(--series-0)',
          title: tip,
        }),
      ],
    }),
    table: {
      caption: `${words}, of each task`,
      name: `${name}-${key}`,
      columns: [0, ...(before === undefined ? [] : [before]), after].flatMap((index) => columns[index] ?? []),
      rows: rows.map((row) =>
        [0, ...(before === undefined ? [] : [before]), after].map((index) => row[index] ?? null),
      ),
    },
  };
}

function pointsIn(rows: DataTable['rows'], column: number): Point[] {
  return rows.flatMap((row) => {
    const value = row[column];
    return typeof value === 'number' && Number.isFinite(value) ? [{ task: Number(row[0]), value }] : [];
  });
}
