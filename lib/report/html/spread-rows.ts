import type { PlotOptions } from '@observablehq/plot';
import { cellText } from '../text/data-table.js';
import type { Plot, Size } from './figure.js';
import { brokenAt } from './many-methods.js';
import { percentDomain, percentRange } from './ticks.js';

const LETTER_WIDTH = 6.8;
const [LINE_HEIGHT, ROW_SPACE] = [14, 10];
/** Above and below the rows. */
const FRAME = 70;
/** Of the picture's width, at most for the names. */
const NAME_SHARE = 0.42;
/** At the right, for the numbers. */
const NUMBERS = 88;

/** A mean in percent, its spread, and what each seed gave. */
export interface SpreadRow {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly mean: number;
  readonly deviation: number | null;
  readonly seeds: readonly number[];
}

/** A row each: its name, a dot for the mean with a line of one deviation to each side, small dots for the seeds, the number. */
export function spreadRowsPlot(plot: Plot, { narrow, width }: Size, all: readonly SpreadRow[]): PlotOptions {
  const longest = LETTER_WIDTH * Math.max(...all.map(({ name }) => name.length));
  const nameRoom = narrow ? width - NUMBERS : Math.min(NAME_SHARE * width, longest);
  const marginLeft = narrow ? 8 : 12 + nameRoom;
  const names = all.map(({ name }) => brokenAt(name, Math.floor(nameRoom / LETTER_WIDTH)));
  const lines = Math.max(...names.map((name) => name.split('\n').length)) + (narrow ? 1 : 0);
  const rows = all.map(({ mean, deviation, seeds, color }, row) => ({
    ...{ row: row + 0.5, name: names[row] ?? '', mean, seeds, color },
    ...percentRange(mean, deviation),
    text: deviation === null ? cellText(mean, 2) : `${cellText(mean, 2)} ± ${cellText(deviation, 2)}`,
  }));
  return {
    height: FRAME + rows.length * (lines * LINE_HEIGHT + ROW_SPACE),
    marginLeft,
    marginRight: NUMBERS,
    x: {
      label: 'percent right',
      grid: true,
      nice: true,
      ticks: narrow ? 3 : 10,
      domain: percentDomain(rows.flatMap(({ low, high, seeds }) => [low, high, ...seeds])),
    },
    y: { axis: null, domain: [0, rows.length], reverse: true },
    color: { type: 'identity' },
    marks: [
      plot.text(rows, {
        ...{ frameAnchor: 'left', y: 'row', text: 'name', fill: 'var(--ink)' },
        ...(narrow ? { lineAnchor: 'bottom', dy: -8 } : { textAnchor: 'end', dx: -8 }),
      }),
      plot.text(rows, {
        frameAnchor: 'right',
        textAnchor: 'start',
        y: 'row',
        text: 'text',
        dx: 8,
        fill: 'var(--ink)',
      }),
      plot.ruleY(rows, { y: 'row', x1: 'low', x2: 'high', stroke: 'color', strokeWidth: 1.5 }),
      plot.dot(
        rows.flatMap(({ row, seeds, color }) => seeds.map((percent) => ({ row, percent, color }))),
        { x: 'percent', y: 'row', r: 2, fill: 'color', fillOpacity: 0.6 },
      ),
      plot.dot(rows, { x: 'mean', y: 'row', r: 4.5, fill: 'color' }),
    ],
  };
}
