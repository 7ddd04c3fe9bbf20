import type { SeedsResult } from '../experiment/seeds.js';
import type { MeanAndDeviation } from '../metrics/statistics.js';
import { duration } from './text.js';

const HEADS = ['', 'final mean', 'average', 'time'];
const WIDTHS = [14, 16, 16, 14];

/** Several seeds in a table: a row for each, then mean ± sample standard deviation. Accuracies in percent. */
export function seedsTable({ runs, final, average, seconds }: SeedsResult): string {
  const rows = runs.map(({ config, taskMeans, average: mean, seconds: { total } }) => [
    `seed ${config.seed}`,
    (taskMeans.at(-1) ?? Number.NaN).toFixed(2),
    (mean ?? Number.NaN).toFixed(2),
    duration(total),
  ]);
  const last = ['mean ± sd', spread(final), spread(average), duration(seconds.mean)];
  return [HEADS, ...rows, last].map(line).join('\n');
}

/** `93.46 ± 0.21`; without a deviation the mean alone. */
export function spread({ mean, deviation }: MeanAndDeviation): string {
  return deviation === null ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`;
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, i) =>
    i === 0 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0),
  );
  return padded.join('').trimEnd();
}
