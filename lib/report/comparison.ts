import { isDeepStrictEqual } from 'node:util';
import type { RunResult } from '../experiment/types.js';
import { type MeanAndDeviation, meanAndDeviation } from '../metrics/statistics.js';
import type { DataTable } from './html/data-table.js';
import { csv } from './html/data-table.js';
import { spread } from './seeds.js';

/** A method with every seed it was run with. */
export interface Method {
  /** The strategy, and what tells it from others of the same strategy. */
  readonly label: string;
  readonly isUpperBound: boolean;
  readonly runs: readonly RunResult[];
}

interface Measure {
  readonly label: string;
  /** 1: more is better, -1: less is better. */
  readonly better: 1 | -1;
  of(run: RunResult): number | null;
}

/** What methods are compared by; docs/metrics.md. */
export const MEASURES: readonly Measure[] = [
  { label: 'average accuracy, %', better: 1, of: ({ metrics }) => metrics?.averageAccuracy ?? null },
  { label: 'forgetting, points', better: -1, of: ({ metrics }) => metrics?.forgetting ?? null },
  { label: 'backward transfer, points', better: 1, of: ({ metrics }) => metrics?.backwardTransfer ?? null },
  { label: 'forward transfer, points', better: 1, of: ({ metrics }) => metrics?.forwardTransfer ?? null },
  { label: 'learning accuracy, %', better: 1, of: ({ metrics }) => metrics?.learningAccuracy ?? null },
  { label: 'average of the averages, %', better: 1, of: ({ average }) => average },
  { label: 'time, s', better: -1, of: ({ seconds }) => seconds.total },
];

/** Runs that differ in nothing but the seed, the place and the threads are one method. In the order in which they come. */
export function groupByMethod(runs: readonly RunResult[]): Method[] {
  const groups: RunResult[][] = [];
  for (const run of runs) {
    const group = groups.find(([first]) => first && isDeepStrictEqual(settings(first), settings(run)));
    if (group) group.push(run);
    else groups.push([run]);
  }
  return groups.map((group) => ({
    label: labelOf(group, groups),
    isUpperBound: group[0]?.strategy === 'joint',
    runs: group,
  }));
}

/** What makes a method. */
function settings({ config }: RunResult): Record<string, unknown> {
  const { seed, out, dataDir, checkpointEvery, threads, ...rest } = config;
  return rest;
}

function labelOf(group: readonly RunResult[], groups: readonly (readonly RunResult[])[]): string {
  const strategy = group[0]?.strategy ?? '';
  const own = group[0] ? settings(group[0]) : {};
  const others = groups
    .filter((each) => each !== group && each[0]?.strategy === strategy)
    .map((each) => (each[0] ? settings(each[0]) : {}));
  const differing = Object.keys(own).filter((key) =>
    others.some((other) => !isDeepStrictEqual(other[key], own[key])),
  );
  const details = differing.map((key) => `${key} ${String(own[key])}`);
  return details.length > 0 ? `${strategy} (${details.join(', ')})` : strategy;
}

/** Mean and deviation over the seeds; null where no run has the measure. */
export function measured(method: Method, { of }: Measure): MeanAndDeviation | null {
  const values = method.runs.map(of).filter((value) => value !== null);
  return values.length > 0 ? meanAndDeviation(values) : null;
}

/** Those of the measures that a run has. */
function measuresOf(methods: readonly Method[]): Measure[] {
  return MEASURES.filter((measure) => methods.some((method) => measured(method, measure) !== null));
}

/** A row a method: mean ± sample standard deviation, the best of each column in bold; the upper bound is none of them. */
export function comparisonTable(methods: readonly Method[]): DataTable {
  const measures = measuresOf(methods);
  const cells = methods.map((method) => measures.map((measure) => measured(method, measure)));
  const bold = new Set<string>();
  for (const [column, { better }] of measures.entries()) {
    const rated = methods.map((method, row) => {
      const value = cells[row]?.[column]?.mean;
      return method.isUpperBound || value === undefined ? Number.NEGATIVE_INFINITY : better * value;
    });
    const best = Math.max(...rated);
    for (const [row, value] of rated.entries()) {
      if (methods.length > 1 && value === best && Number.isFinite(best)) bold.add(`${row},${column + 2}`);
    }
  }
  return {
    caption: 'Mean ± sample standard deviation over the seeds; the best in bold',
    name: 'comparison',
    columns: [{ label: 'method' }, { label: 'seeds' }, ...measures.map(({ label }) => ({ label }))],
    rows: methods.map((method, row) => [
      nameOf(method),
      method.runs.length,
      ...(cells[row] ?? []).map((value) => (value === null ? '–' : spread(value).replaceAll('-', '−'))),
    ]),
    bold,
  };
}

export function nameOf({ label, isUpperBound }: Method): string {
  return isUpperBound ? `${label} (upper bound)` : label;
}

/** The table in Markdown, for papers and issues. */
export function comparisonMarkdown(methods: readonly Method[]): string {
  const { columns, rows, bold } = comparisonTable(methods);
  const lines = rows.map((cells, row) =>
    cells.map((cell, column) => (bold?.has(`${row},${column}`) ? `**${cell}**` : String(cell))),
  );
  const escaped = [
    columns.map(({ label }) => label),
    columns.map((_, i) => (i === 0 ? '---' : '--:')),
    ...lines,
  ];
  return escaped
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
}

/** A line a method, with means and deviations as numbers of their own. */
export function comparisonCsv(methods: readonly Method[]): string {
  const measures = measuresOf(methods);
  const columns = measures.flatMap(({ label }) => [{ label }, { label: `${label}, sd` }]);
  return csv({
    columns: [{ label: 'method' }, { label: 'seeds' }, ...columns],
    rows: methods.map((method) => [
      method.label,
      method.runs.length,
      ...measures.flatMap((measure) => {
        const value = measured(method, measure);
        return [value?.mean ?? null, value?.deviation ?? null];
      }),
    ]),
  });
}

/** The measures that a terminal has room for, by their heads there. */
const TEXT_HEADS = {
  seeds: 'seeds',
  'average accuracy, %': 'accuracy, %',
  'forgetting, points': 'forgetting',
  'time, s': 'time, s',
};
const TEXT_WIDTHS = [6, 15, 15, 15];
const LABEL_WIDTH = 22;

/** The table for a terminal of 80 columns: the main measures, the best with an asterisk. */
export function comparisonText(methods: readonly Method[]): string {
  const { columns, rows, bold } = comparisonTable(methods);
  const shown = Object.keys(TEXT_HEADS).map((head) => columns.findIndex(({ label }) => label === head));
  const line = (label: string, cells: readonly string[]): string => {
    const numbers = cells.map((cell, i) => cell.padStart(TEXT_WIDTHS[i] ?? 0)).join('');
    // A long label has a line of its own.
    return `${label.length < LABEL_WIDTH ? label.padEnd(LABEL_WIDTH) : `${label}\n${' '.repeat(LABEL_WIDTH)}`}${numbers}`;
  };
  const text = [
    line('', Object.values(TEXT_HEADS)),
    ...rows.map((cells, row) =>
      line(
        String(cells[0]),
        shown.map((column) => `${cells[column] ?? '–'}${bold?.has(`${row},${column}`) ? '*' : ''}`),
      ),
    ),
  ];
  return [
    ...text,
    '',
    'Mean ± standard deviation over the seeds; * the best. Accuracy and forgetting: docs/metrics.md.',
  ].join('\n');
}
