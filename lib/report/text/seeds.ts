import type { MeanAndDeviation } from '../../metrics/statistics.js';
import type { SeedsResult } from '../../sweep/seeds.js';
import { duration } from './text.js';

const HEADS = ['', 'final mean', 'average', 'time'];
const WIDTHS = [14, 16, 16, 14];

/** Several seeds in a table: a row for each, then mean ± sample standard deviation. Accuracies in percent. */
export function seedsTable({ runs, final, average, seconds }: SeedsResult): string {
  const rows = runs.map(({ config, taskMeans, average: mean, diverged, seconds: { total } }) => [
    `seed ${config.seed}`,
    diverged ? 'diverged' : fixed(taskMeans.at(-1)),
    fixed(mean),
    duration(total),
  ]);
  const last = ['mean ± sd', spread(final), spread(average), duration(seconds.mean)];
  const left = runs.filter(({ diverged }) => diverged).length;
  const note =
    left > 0 ? [`${left} of ${runs.length} runs diverged and ${left === 1 ? 'is' : 'are'} in no mean.`] : [];
  return [...[HEADS, ...rows, last].map(line), ...note].join('\n');
}

function fixed(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(2);
}

/** `93.46 ± 0.21`; without a deviation the mean alone, a dash without a mean. */
export function spread({ mean, deviation }: MeanAndDeviation): string {
  if (!Number.isFinite(mean)) return '–';
  return deviation === null ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`;
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, i) =>
    i === 0 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0),
  );
  return padded.join('').trimEnd();
}
