import { isDeepStrictEqual } from 'node:util';
import { bestMethods } from '../../metrics/best.js';
import { averageAccuracy } from '../../metrics/index.js';
import { type MeanAndDeviation, meanAndDeviation } from '../../metrics/statistics.js';
import type { RunResult } from '../../runs/types.js';
import { strategyNamed } from '../../strategies/index.js';
import type { Scenario } from '../../training/definition.js';
import type { DataTable } from './data-table.js';
import { imagesOfAll } from './images.js';
import { markdownTable } from './markdown.js';
import { methodLines, TEXT_WIDTH } from './method-lines.js';
import { spread } from './seeds.js';
import { wrapped } from './text.js';

/** A method with every seed it was run with. */
export interface Method {
  /** The strategy, and what tells it from others of the same strategy. */
  readonly label: string;
  readonly isUpperBound: boolean;
  /** Those that count. */
  readonly runs: readonly RunResult[];
  /** Those that diverged, which no mean counts. */
  readonly diverged: readonly RunResult[];
}

/** What methods can be compared by. */
export interface Measure {
  readonly name: string;
  /** `%` and `points` are of the images that the runs were measured on. */
  readonly unit: '%' | 'points' | 's';
  /** 1: more is better, -1: less is better. */
  readonly better: 1 | -1;
  of(run: RunResult): number | null;
}

export const AVERAGE: Measure = {
  name: 'average accuracy',
  unit: '%',
  better: 1,
  of: ({ metrics }) => metrics?.averageAccuracy ?? null,
};
/** Of class-incremental tasks, where predictions are among the classes of the image's task. */
const TASK_AWARE: Measure = {
  name: 'accuracy, task told',
  unit: '%',
  better: 1,
  of: ({ accuracyTaskAware, metrics }) =>
    metrics && accuracyTaskAware ? averageAccuracy(accuracyTaskAware) : null,
};
export const FORGETTING: Measure = {
  name: 'forgetting',
  unit: 'points',
  better: -1,
  of: ({ metrics }) => metrics?.forgetting ?? null,
};
const TIME: Measure = { name: 'time', unit: 's', better: -1, of: ({ seconds }) => seconds.total };

/** All of them, as docs/metrics.md defines them. */
const MEASURES: readonly Measure[] = [
  AVERAGE,
  TASK_AWARE,
  FORGETTING,
  {
    name: 'backward transfer',
    unit: 'points',
    better: 1,
    of: ({ metrics }) => metrics?.backwardTransfer ?? null,
  },
  {
    name: 'forward transfer',
    unit: 'points',
    better: 1,
    of: ({ metrics }) => metrics?.forwardTransfer ?? null,
  },
  { name: 'learning accuracy', unit: '%', better: 1, of: ({ metrics }) => metrics?.learningAccuracy ?? null },
  { name: 'average of the averages', unit: '%', better: 1, of: ({ average }) => average },
  TIME,
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
    isUpperBound: strategyNamed(group[0]?.strategy)?.role === 'upper bound',
    runs: group.filter(({ diverged }) => !diverged),
    diverged: group.filter(({ diverged }) => diverged),
  }));
}

/** What makes a method. */
function settings({ config }: RunResult): Record<string, unknown> {
  const { seed, out, dataDir, checkpointEvery, threads, onNan, ...rest } = config;
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
export function measured(method: Method, { of }: Pick<Measure, 'of'>): MeanAndDeviation | null {
  const values = method.runs.map(of).filter((value) => value !== null);
  return values.length > 0 ? meanAndDeviation(values) : null;
}

/** Those of the measures that a run has. */
export function measuresOf(methods: readonly Method[]): Measure[] {
  return MEASURES.filter((measure) => methods.some((method) => measured(method, measure) !== null));
}

/** So many methods are a card each on a narrow page; more would be a long way to scroll. */
const MOST_CARDS = 8;

/** A row a method: mean ± sample standard deviation, in bold what the seeds call best; the upper bound is none of it. */
export function comparisonTable(methods: readonly Method[]): DataTable {
  const measures = measuresOf(methods);
  const bold = measures.flatMap((measure, column) =>
    [...bestOf(methods, measure)].map((row) => `${row},${column + 2}`),
  );
  return {
    caption: captionOf(methods, bold.length > 0),
    name: 'comparison',
    columns: [
      { label: 'method' },
      { label: 'seeds' },
      ...measures.map((measure) => headOf(measure, methods)),
    ],
    rows: methods.map((method) => [
      nameOf(method),
      seedsCell(method),
      ...measures.map((measure) => valueText(method, measure)),
    ]),
    bold: new Set(bold),
    cards: methods.length <= MOST_CARDS,
  };
}

/** Places of the methods that may be called the best: none of several kinds of images, and never the upper bound. */
function bestOf(methods: readonly Method[], { better, of }: Measure): Set<number> {
  if (imagesOfAll(runsOf(methods)) === undefined) return new Set();
  const values = methods.map(({ isUpperBound, runs }) =>
    runs.flatMap((run) => {
      const value = isUpperBound ? null : of(run);
      return value === null ? [] : [{ seed: run.config.seed, value }];
    }),
  );
  return bestMethods(values, better);
}

function captionOf(methods: readonly Method[], anyBest: boolean): string {
  const images = imagesOfAll(runsOf(methods));
  const measuredOn =
    images === undefined ? 'of test or validation images, see the methods' : `of the ${images}`;
  const scenario = scenarioOfAll(methods);
  const tasks = scenario === undefined ? '' : ` of ${scenario}-incremental tasks`;
  return `Percent and points ${measuredOn}${tasks}; mean ± sample standard deviation over the seeds. ${bestWords(methods, anyBest)}${divergedWords(methods)}`;
}

/** How the tasks of all runs differ; undefined where runs differ in that, or are of earlier versions, which do not tell. */
export function scenarioOfAll(methods: readonly Method[]): Scenario | undefined {
  const [scenario, ...others] = new Set(runsOf(methods).map(({ config }) => config.scenario));
  return others.length > 0 ? undefined : scenario;
}

/** How the mark of the best is to be read, or why there is none. */
function bestWords(methods: readonly Method[], anyBest: boolean): string {
  const compared = methods.filter(({ isUpperBound }) => !isUpperBound);
  if (compared.length < 2) return '';
  if (imagesOfAll(runsOf(methods)) === undefined) {
    return 'None is marked as the best: they were not measured on the same images.';
  }
  if (compared.some(({ runs }) => runs.length < 2)) {
    return 'None is marked as the best: that takes two seeds of each method or more.';
  }
  return anyBest
    ? 'Bold: the best, with all that the seeds do not tell from it (95 % interval of the difference).'
    : 'None is marked as the best: the seeds do not tell the methods apart (95 % interval of the difference).';
}

/** The head of a measure's column; the unit names the images, as a file has no caption. */
export function headOf({ name, unit }: Measure, methods: readonly Method[]): { label: string; unit: string } {
  const images = imagesOfAll(runsOf(methods));
  return { label: name, unit: unit === 's' || images === undefined ? unit : `${unit} of ${images}` };
}

/** `5`, or `4 + 1 diverged`. */
function seedsCell({ runs, diverged }: Method): number | string {
  return diverged.length === 0 ? runs.length : `${runs.length} + ${diverged.length} diverged`;
}

/** Mean and deviation, or why there is none. */
function valueText(method: Method, measure: Measure): string {
  const value = measured(method, measure);
  if (value !== null) return spread(value).replaceAll('-', '−');
  return method.runs.length === 0 && method.diverged.length > 0 ? 'diverged' : '–';
}

/** Which runs diverged; empty when none did. */
function divergedWords(methods: readonly Method[]): string {
  const names = methods.flatMap(({ label, diverged }) =>
    diverged.map(({ config }) => `${label}, seed ${config.seed}`),
  );
  return names.length === 0 ? '' : ` In no mean, because they diverged: ${names.join('; ')}.`;
}

/** All of them, also those that no mean counts. */
export function runsOf(methods: readonly Method[]): RunResult[] {
  return methods.flatMap(({ runs, diverged }) => [...runs, ...diverged]);
}

export function nameOf({ label, isUpperBound }: Method): string {
  return isUpperBound ? `${label} (upper bound)` : label;
}

/** The table in Markdown, for papers and issues. */
export function comparisonMarkdown(methods: readonly Method[]): string {
  const table = comparisonTable(methods);
  return `${markdownTable(table)}\n${captionOf(methods, (table.bold?.size ?? 0) > 0).trim()}\n`;
}

/** The measures that a terminal has room for, by their heads there. */
const TEXT_COLUMNS: readonly (readonly [head: string, measure: Measure])[] = [
  ['accuracy, %', AVERAGE],
  ['forgetting', FORGETTING],
  ['time, s', TIME],
];
/**
 * The main measures for a terminal, the best with an asterisk: a table, or where `columns` characters are too few for it,
 * a line for each measure.
 */
export function comparisonText(methods: readonly Method[], columns: number = TEXT_WIDTH): string {
  const best = TEXT_COLUMNS.map(([, measure]) => bestOf(methods, measure));
  const rows = methods.map((method, row) => ({
    label: nameOf(method),
    seeds: String(seedsCell(method)),
    cells: TEXT_COLUMNS.map(
      ([, measure], column) => `${valueText(method, measure)}${best[column]?.has(row) ? '*' : ''}`,
    ),
  }));
  const hasBest = best.some(({ size }) => size > 0);
  const caption = captionOf(methods, hasBest).replace('Bold:', '*:').trim();
  const note = wrapped(`${caption} Accuracy and forgetting: docs/metrics.md.`, Math.min(columns, TEXT_WIDTH));
  const heads = TEXT_COLUMNS.map(([head]) => head);
  return [...methodLines(heads, rows, columns), '', note].join('\n');
}
