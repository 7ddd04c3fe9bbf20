import { meanAndDeviation } from '../../metrics/statistics.js';
import type { SweepReport } from '../../sweep/plan/types.js';
import { bestTrial, measuredIn, nameOf, type ResultRow, seedValues } from '../sweep/rows.js';
import {
  LEVEL,
  probabilityText,
  type Significance,
  signed,
  significanceTable,
} from '../sweep/significance.js';
import { measureOf, resultImages, searchImages, seedsWords } from '../sweep/words.js';
import { cellText } from '../text/data-table.js';
import type { Figure } from './figure.js';
import { type SpreadRow, spreadRowsPlot } from './spread-rows.js';
import { cut } from './sweep-axis.js';

interface RankedWords extends Pick<Figure, 'id' | 'title' | 'caption'> {
  readonly unit: string;
}

/** The best setting of each method by the numbers that are chosen by; null for a single method, or before any has a value. */
export function choicesFigure(report: SweepReport): Figure | null {
  const { spec, methods } = report;
  const measure = measureOf(spec);
  const rows = methods.flatMap((method): SpreadRow[] => {
    const best = bestTrial(report, method);
    if (best === undefined) return [];
    const seeds = best.runs.flatMap((run) => measure.of(run) ?? []);
    const { value: mean, deviation } = best;
    return [{ name: nameOf(method), color: 'var(--series-0)', mean, deviation, seeds }];
  });
  const images = searchImages(spec);
  const warning =
    spec.choice.kind === 'none'
      ? ''
      : ' These numbers chose the settings and are too good for that: the results are below.';
  return ranked(rows, {
    id: 'best-settings',
    title: `${capital(measure.name)} of each method’s best setting, on ${images}`,
    caption: `${dotWords(spec.seeds)}${warning}`,
    unit: `% of ${images}`,
  });
}

/** The results; null before there are any. */
export function resultsFigure({ spec }: SweepReport, all: readonly ResultRow[]): Figure | null {
  const measure = measureOf(spec);
  const rows = all.flatMap((row): SpreadRow[] => {
    const value = measuredIn(row.runs, measure);
    const color = row.isUpperBound ? 'var(--soft)' : 'var(--series-0)';
    const seeds = seedValues(row, measure).map((each) => each.value);
    return value === null ? [] : [{ name: row.label, color, seeds, ...value }];
  });
  const images = resultImages(spec);
  return ranked(rows, {
    id: 'results-figure',
    title: `${capital(measure.name)}, on ${images}`,
    caption: `${dotWords(spec.choice.kind === 'none' ? spec.seeds : spec.choice.seeds)}${all.some(({ isUpperBound }) => isUpperBound) ? ' Grey: the upper bound.' : ''}`,
    unit: `% of ${images}`,
  });
}

function dotWords(seeds: readonly number[]): string {
  return `A dot for the mean over ${seedsWords(seeds)}, small ones for each seed; the line is one standard deviation to each side, within 0 and 100.`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function ranked(all: readonly SpreadRow[], { unit, ...words }: RankedWords): Figure | null {
  if (all.length < 2) return null;
  const rows = [...all].sort((one, other) => other.mean - one.mean);
  return {
    ...words,
    description: rows.map(({ name, mean }) => `${name}: ${cellText(mean, 1)} percent.`).join(' '),
    isFull: true,
    plot: (plot, size) => spreadRowsPlot(plot, size, rows),
    table: {
      caption: words.title,
      name: words.id,
      columns: [{ label: 'method' }, { label: 'mean', unit, digits: 2 }, { label: 'sd', unit, digits: 2 }],
      rows: rows.map(({ name, mean, deviation }) => [name, mean, deviation]),
    },
  };
}

/** So few cells have room for their numbers. */
const MOST_NUMBERS = { wide: 14, narrow: 5 };
const LETTER_WIDTH = 6.8;
const WIDEST_CELL = 62;
/** Pixels of a column's number. */
const NUMBER_ROOM = 18;
/** The pairs of so few rows are read in a table. */
const FEW_ROWS = 5;

interface DifferenceCell {
  readonly row: number;
  readonly column: number;
  readonly mean: number;
  readonly adjusted: number;
  readonly fill: string;
  readonly tip: string;
}

/** Each row less each column, coloured where the difference is significant; null where a table tells it as well. */
export function significanceFigure(report: SweepReport, significance: Significance): Figure | null {
  const measure = measureOf(report.spec);
  const rows = [...significance.rows].sort((one, other) => meanIn(other) - meanIn(one));
  if (rows.length <= FEW_ROWS || significance.pairs.length === 0) return null;
  function meanIn({ runs }: ResultRow): number {
    return meanAndDeviation(runs.flatMap((run) => measure.of(run) ?? [])).mean;
  }
  const cells = cellsOf(rows, significance);
  const names = rows.map(({ label }, place) => ({ place, text: `${place + 1} ${label}` }));
  return {
    id: 'differences',
    title: `Differences of the ${measure.name}, on ${resultImages(report.spec)}`,
    caption:
      `The method of the row less that of the column, in points, the best first. Blue: significantly better, orange: significantly worse (p below ${LEVEL} after ` +
      "Holm's correction); white: the seeds do not tell them apart.",
    description: `${significance.pairs.filter(({ adjusted }) => adjusted < LEVEL).length} of ${significance.pairs.length} differences are significant.`,
    isFull: true,
    plot: (plot, { narrow, width }) => {
      const longest = LETTER_WIDTH * Math.max(...names.map(({ text }) => text.length)) + 10;
      const marginLeft = Math.min(longest, (narrow ? 0.36 : 0.42) * width);
      const letters = Math.floor((marginLeft - 10) / LETTER_WIDTH);
      const across = Math.min(WIDEST_CELL, (width - marginLeft - 10) / rows.length);
      return {
        height: 40 + Math.min(30, Math.max(18, across)) * rows.length,
        ...{
          marginTop: 30,
          marginBottom: 10,
          marginLeft,
          marginRight: width - marginLeft - across * rows.length,
        },
        x: { axis: null, type: 'band', domain: [...rows.keys()], padding: 0.06 },
        y: { axis: null, type: 'band', domain: [...rows.keys()], padding: 0.06 },
        color: { type: 'identity' },
        marks: [
          plot.cell(cells, {
            ...{ x: 'column', y: 'row', fill: 'fill', title: 'tip', rx: 2 },
            ...{ stroke: 'var(--line)', strokeWidth: 1 },
          }),
          ...(rows.length <= (narrow ? MOST_NUMBERS.narrow : MOST_NUMBERS.wide)
            ? [
                plot.text(cells, {
                  ...{ x: 'column', y: 'row', fontSize: 11, fill: 'var(--ink)', pointerEvents: 'none' },
                  text: ({ mean }: DifferenceCell) => `${mean > 0 ? '+' : ''}${cellText(mean, 1)}`,
                }),
              ]
            : []),
          plot.text(names, {
            ...{ y: 'place', frameAnchor: 'left', textAnchor: 'end', dx: -6, fill: 'var(--ink)' },
            text: ({ text }: (typeof names)[number]) => cut(text, letters),
          }),
          plot.text(
            names.filter(({ place }) => across >= NUMBER_ROOM || place % 2 === 0),
            {
              ...{ x: 'place', frameAnchor: 'top', lineAnchor: 'bottom', dy: -6, fill: 'var(--ink)' },
              text: ({ place }: (typeof names)[number]) => String(place + 1),
            },
          ),
        ],
      };
    },
    table: significanceTable(report, significance),
  };
}

function cellsOf(rows: readonly ResultRow[], { pairs }: Significance): DifferenceCell[] {
  return pairs.flatMap(({ first, second, mean, interval, adjusted }) => {
    const [one, other] = [rows.indexOf(first), rows.indexOf(second)];
    return [
      { row: one, column: other, sign: 1 },
      { row: other, column: one, sign: -1 },
    ].map(({ row, column, sign }): DifferenceCell => {
      const [low, high] = sign === 1 ? interval : [-interval[1], -interval[0]];
      const better = sign * mean > 0 ? 'var(--series-0)' : 'var(--series-1)';
      return {
        row,
        column,
        mean: sign * mean,
        adjusted,
        fill: adjusted < LEVEL ? `color-mix(in oklab, ${better} 45%, var(--card))` : 'var(--card)',
        tip: `${rows[row]?.label} − ${rows[column]?.label}: ${signed(sign * mean)} points (${signed(low)} to ${signed(high)}), p ${probabilityText(adjusted)}`,
      };
    });
  });
}
