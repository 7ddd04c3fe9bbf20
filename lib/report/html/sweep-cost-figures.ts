import type { MethodSummary, RunSummary, SweepReport } from '../../sweep/plan/types.js';
import { nameOf } from '../sweep/rows.js';
import type { DataTable } from '../text/data-table.js';
import { cellText } from '../text/data-table.js';
import { duration } from '../text/text.js';
import { barsPlot } from './bars.js';
import type { Figure } from './figure.js';

interface Cost {
  readonly name: string;
  readonly runs: number;
  /** Of all runs, one after the other. */
  readonly seconds: number;
  readonly peakBytes: number | null;
}

/** The time of each method's runs. */
export function timeFigure(report: SweepReport): Figure | null {
  const costs = costsOf(report).filter(({ seconds }) => seconds > 0);
  const { unit, length } = unitFor(Math.max(0, ...costs.map(({ seconds }) => seconds)));
  return bars(
    costs.map(({ name, seconds }) => ({ name, mean: seconds / length })),
    {
      id: 'time',
      title: 'Time of all runs',
      caption:
        'Wall-clock time of the search and of the final runs together, as if one came after the other.',
      axis: unit,
    },
    costsTable(costs),
  );
}

/** The memory of each method's largest run. */
export function memoryFigure(report: SweepReport): Figure | null {
  const costs = costsOf(report);
  return bars(
    costs.flatMap(({ name, peakBytes }) => (peakBytes === null ? [] : [{ name, mean: peakBytes / 1e6 }])),
    {
      id: 'memory',
      title: 'Peak memory',
      caption:
        'Of the run that took most of it: of the whole process, in which other runs may have been beside it.',
      axis: 'MB',
    },
    costsTable(costs),
  );
}

interface Words extends Pick<Figure, 'id' | 'title' | 'caption'> {
  readonly axis: string;
}

function bars(
  values: readonly { readonly name: string; readonly mean: number }[],
  { axis, ...words }: Words,
  table: DataTable,
): Figure | null {
  if (values.length === 0) return null;
  const all = values.map((value) => ({ ...value, color: 'var(--series-0)', deviation: null }));
  return {
    ...words,
    description: all.map(({ name, mean }) => `${name}: ${cellText(mean, 1)} ${axis}.`).join(' '),
    plot: (plot, size) => barsPlot(plot, size, all, axis),
    table: { ...table, name: words.id },
  };
}

function costsOf({ methods }: SweepReport): Cost[] {
  return methods.map((method) => {
    const runs = allRuns(method).filter(({ seconds }) => seconds !== null);
    const peaks = runs.flatMap(({ peakMemoryBytes }) => peakMemoryBytes ?? []);
    return {
      name: nameOf(method),
      runs: runs.length,
      seconds: runs.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0),
      peakBytes: peaks.length > 0 ? peaks.reduce((most, each) => Math.max(most, each), 0) : null,
    };
  });
}

function allRuns({ trials, final }: MethodSummary): RunSummary[] {
  return [...trials.flatMap(({ runs }) => runs), ...final];
}

function unitFor(seconds: number): { readonly unit: string; readonly length: number } {
  if (seconds < 120) return { unit: 'seconds', length: 1 };
  return seconds < 7200 ? { unit: 'minutes', length: 60 } : { unit: 'hours', length: 3600 };
}

function costsTable(costs: readonly Cost[]): DataTable {
  return {
    caption: 'Time and memory of the runs of each method',
    name: 'cost',
    columns: [
      { label: 'method' },
      { label: 'runs' },
      { label: 'time of all', unit: 's', digits: 1 },
      { label: 'time of a run', unit: 's', digits: 1 },
      { label: 'peak memory', unit: 'MB', digits: 0 },
    ],
    rows: costs.map(({ name, runs, seconds, peakBytes }) => [
      name,
      runs,
      seconds,
      runs > 0 ? seconds / runs : null,
      peakBytes === null ? null : peakBytes / 1e6,
    ]),
  };
}

/** `2 h 5 min` of training, one run after the other. */
export function totalTime(report: SweepReport): string {
  return duration(costsOf(report).reduce((sum, { seconds }) => sum + seconds, 0));
}
