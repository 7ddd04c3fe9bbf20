import { count } from '../../base/count.js';
import { holm, type PairedDifference, pairedDifference } from '../../metrics/paired.js';
import { student } from '../../metrics/statistics.js';
import type { SweepReport } from '../../sweep/plan/types.js';
import type { Cell, DataTable } from '../text/data-table.js';
import { cellText } from '../text/data-table.js';
import { seedsText } from '../text/text.js';
import { type ResultRow, resultRows, seedValues } from './rows.js';
import { measureOf, resultImages } from './words.js';

/** Two rows of the results, and how they differ. */
export interface ComparedPair extends PairedDifference {
  readonly first: ResultRow;
  readonly second: ResultRow;
  /** Holm's p over all pairs. */
  readonly adjusted: number;
}

export interface Significance {
  /** The rows that are compared: not the upper bounds. */
  readonly rows: readonly ResultRow[];
  readonly pairs: readonly ComparedPair[];
  /** Pairs that could not be tested, because fewer than two seeds came to their end in both. */
  readonly untested: number;
}

/** Differences with a smaller p are called significant. */
export const LEVEL = 0.05;
/** Of more rows the pairs are more than anybody reads. */
const MOST_ROWS = 20;
/** With fewer seeds the words say what a test of them cannot tell. */
const MANY_SEEDS = 10;

/** Every pair of rows of the results; null where there are fewer than two rows, or too many. */
export function significanceOf(report: SweepReport): Significance | null {
  const rows = comparedRows(report);
  if (rows.length < 2 || rows.length > MOST_ROWS) return null;
  const measure = measureOf(report.spec);
  const values = rows.map((row) => seedValues(row, measure));
  const all = rows.flatMap((first, i) =>
    rows.slice(i + 1).map((second, j) => {
      const difference = pairedDifference(values[i] ?? [], values[i + 1 + j] ?? []);
      return { first, second, difference };
    }),
  );
  const tested = all.flatMap(({ difference, ...pair }) => (difference ? [{ ...pair, ...difference }] : []));
  const adjusted = holm(tested.map(({ p }) => p));
  const pairs = tested.map((pair, i) => ({ ...pair, adjusted: adjusted[i] ?? 1 }));
  return { rows, pairs, untested: all.length - pairs.length };
}

/** Why no pair is tested, where there are too many rows; null where that is not so. */
export function tooManyRowsWords(report: SweepReport): string | null {
  const rows = comparedRows(report).length;
  if (rows <= MOST_ROWS) return null;
  return (
    `No pair is tested: ${rows} rows make ${(rows * (rows - 1)) / 2} pairs, and corrected for so many tests hardly any ` +
    `difference would count. Up to ${MOST_ROWS} rows are tested; fewer methods and a choice among the settings ` +
    '(--validation) make fewer rows.'
  );
}

/** All but the upper bounds. */
function comparedRows(report: SweepReport): ResultRow[] {
  return resultRows(report).filter(({ isUpperBound, runs }) => !isUpperBound && runs.length > 0);
}

/** A probability for people. */
export function probabilityText(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** A difference with its sign. */
export function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${cellText(value, 2)}`;
}

/** How the tests are to be read, and what so few seeds cannot tell. */
export function significanceWords({ spec }: SweepReport, { pairs, untested }: Significance): string {
  const fewest = Math.min(...pairs.map(({ seeds }) => seeds.length));
  const clear = pairs.filter(({ adjusted }) => adjusted < LEVEL).length;
  if (pairs.length === 0) {
    return 'Nothing can be tested: no two of them have two common seeds that came to their end.';
  }
  const sentences = [
    `Differences of the ${measureOf(spec).name} on ${resultImages(spec)}, paired over the seeds that both have: mean, 95 % interval, and p ` +
      `of a paired t-test, corrected by Holm over ${pairs.length === 1 ? 'the one pair' : `the ${pairs.length} pairs`}.`,
    `${clear} of them ${clear === 1 ? 'is' : 'are'} significant (p below ${LEVEL}).`,
  ];
  if (untested > 0) {
    sentences.push(
      `${count(untested, 'pair')} with fewer than two common seeds ${untested === 1 ? 'is' : 'are'} not tested.`,
    );
  }
  if (fewest < MANY_SEEDS) sentences.push(fewSeedsWords(fewest));
  return sentences.join(' ');
}

/** The smallest ratio of a mean difference to the differences' deviation that is called significant with so many seeds. */
function fewSeedsWords(seeds: number): string {
  const ratio = student(seeds - 1) / Math.sqrt(seeds);
  return (
    `${seeds} seeds are few: a single pair is told apart only where its mean difference is over ${ratio.toFixed(1)} times as large as the ` +
    'differences spread from seed to seed, and the test takes them to be normally distributed, which so few cannot show. ' +
    'A difference that is not significant may still be there.'
  );
}

/** A row a pair, the smallest p first. */
export function significanceTable(report: SweepReport, significance: Significance): DataTable {
  const pairs = [...significance.pairs].sort((one, other) => one.p - other.p);
  return {
    caption: significanceWords(report, significance),
    name: 'significance',
    columns: [
      { label: 'pair' },
      { label: 'mean difference', unit: 'points', digits: 2 },
      { label: '95 % interval', unit: 'points' },
      { label: 'sd', unit: 'points', digits: 2 },
      { label: 'p' },
      { label: "Holm's p" },
      { label: 'common seeds' },
    ],
    rows: pairs.map(({ first, second, mean, interval, deviation, p, adjusted, seeds }): Cell[] => [
      `${first.label} − ${second.label}`,
      mean,
      `${cellText(interval[0], 2)} to ${cellText(interval[1], 2)}`,
      deviation,
      probabilityText(p),
      probabilityText(adjusted),
      seedsText(seeds),
    ]),
    bold: new Set(pairs.flatMap(({ adjusted }, row) => (adjusted < LEVEL ? [`${row},5`] : []))),
    cards: pairs.length <= 8,
  };
}
