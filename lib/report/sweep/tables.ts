import { count } from '../../base/count.js';
import type { MethodSummary, RunSummary, SweepReport } from '../../sweep/plan/types.js';
import { csv } from '../csv.js';
import type { Cell, Column, DataTable } from '../text/data-table.js';
import { latexTable } from '../text/latex.js';
import { markdownTable } from '../text/markdown.js';
import { spread } from '../text/seeds.js';
import { bestRows, bestTrial, measuredIn, nameOf, type ResultRow, resultRows } from './rows.js';
import {
  measureOf,
  resultImages,
  SWEEP_MEASURES,
  type SweepMeasure,
  searchImages,
  seedsWords,
  settingWords,
} from './words.js';

/** So many rows are a card each on a narrow page. */
const MOST_CARDS = 8;

/** The results: a row a method, mean ± sample standard deviation; in bold what the seeds call best. */
export function resultsTable(
  report: SweepReport,
  rows: readonly ResultRow[] = resultRows(report),
): DataTable {
  const measures = SWEEP_MEASURES.filter((measure) => rows.some(({ runs }) => measuredIn(runs, measure)));
  const isChosen = report.spec.choice.kind !== 'none';
  const before = isChosen ? 3 : 2;
  const bold = measures.flatMap((measure, column) =>
    [...bestRows(rows, measure)].map((row) => `${row},${column + before}`),
  );
  return {
    caption: resultsCaption(report, rows, bold.length > 0),
    name: 'results',
    columns: [
      { label: 'method' },
      ...(isChosen ? [{ label: 'chosen setting' }] : []),
      { label: 'seeds' },
      ...measures.map((measure) => headOf(measure, resultImages(report.spec))),
    ],
    rows: rows.map((row) => [
      row.label,
      ...(isChosen ? [row.setting === null ? '–' : settingWords(row.setting)] : []),
      seedsCell(row),
      ...measures.map((measure) => valueText(row, measure)),
    ]),
    bold: new Set(bold),
    cards: rows.length <= MOST_CARDS,
  };
}

/** What the numbers are of, over which seeds, and how the mark of the best is to be read. */
export function resultsCaption(report: SweepReport, rows: readonly ResultRow[], anyBest: boolean): string {
  const { spec } = report;
  const seeds = spec.choice.kind === 'none' ? spec.seeds : spec.choice.seeds;
  return (
    `Percent and points of ${resultImages(spec)}; mean ± sample standard deviation over ${seedsWords(seeds)}` +
    `${spec.choice.kind === 'none' ? '; nothing was chosen' : ', none of which the choice has seen'}.${bestWords(rows, anyBest)}${lostWords(rows)}`
  );
}

function bestWords(rows: readonly ResultRow[], anyBest: boolean): string {
  const compared = rows.filter(({ isUpperBound }) => !isUpperBound);
  if (compared.length < 2) return '';
  if (compared.some(({ runs }) => runs.length < 2)) {
    return ' None is marked as the best: that takes two seeds of each or more.';
  }
  return anyBest
    ? ' Bold: the best, with all that the seeds do not tell from it (95 % interval of the difference).'
    : ' None is marked as the best: the seeds do not tell them apart (95 % interval of the difference).';
}

function lostWords(rows: readonly ResultRow[]): string {
  const [lost, left] = [
    rows.reduce((sum, row) => sum + row.lost.length, 0),
    rows.reduce((sum, row) => sum + row.left, 0),
  ];
  const words = (runs: number, why: string): string =>
    runs === 0 ? '' : ` ${count(runs, 'run')} that ${why} ${runs === 1 ? 'is' : 'are'} in no mean.`;
  return `${words(lost, 'failed or diverged')}${words(left, 'had not come to an end')}`;
}

/** The head of a measure's column; its unit names the images, as a file has no caption. */
function headOf({ name, unit }: SweepMeasure, images: string): Column {
  return { label: name, unit: unit === '%' || unit === 'points' ? `${unit} of ${images}` : unit };
}

/** `5`, or `4 + 1 failed`. */
function seedsCell({ runs, lost, left }: ResultRow): string | number {
  const failed = lost.filter(({ status }) => status === 'failed').length;
  const others = [
    [failed, 'failed'],
    [lost.length - failed, 'diverged'],
    [left, 'to come'],
  ] as const;
  const words = others.flatMap(([number, what]) => (number > 0 ? [` + ${number} ${what}`] : []));
  return words.length === 0 ? runs.length : `${runs.length}${words.join('')}`;
}

function valueText({ runs }: ResultRow, measure: SweepMeasure): string {
  const value = measuredIn(runs, measure);
  return value === null ? '–' : spread(value).replaceAll('-', '−');
}

/** What was chosen for each method, and what it was chosen by. */
export function choicesTable(report: SweepReport): DataTable {
  const { spec, methods } = report;
  const measure = measureOf(spec);
  const isChosen = spec.choice.kind !== 'none';
  return {
    caption: `${isChosen ? 'The setting with the best' : 'The setting with the greatest'} mean ${measure.name}, in percent of ${searchImages(spec)}; mean ± sample standard deviation over ${seedsWords(spec.seeds)}.${isChosen ? '' : ' Nothing is chosen by it.'}`,
    name: 'choices',
    columns: [
      { label: 'method' },
      { label: isChosen ? 'chosen setting' : 'setting' },
      { label: 'number of the setting' },
      headOf(measure, searchImages(spec)),
      { label: 'settings that came to an end' },
      { label: 'settings in all' },
    ],
    rows: methods.map((method) => {
      const best = bestTrial(report, method);
      const words = best === undefined ? '–' : settingWords(best.setting) || 'nothing varies';
      const isOpen = isChosen && method.chosen === null && best !== undefined;
      return [
        nameOf(method),
        isOpen ? `${words} (so far)` : words,
        best?.number ?? null,
        best === undefined ? '–' : spread({ mean: best.value, deviation: best.deviation }),
        method.trials.filter(isOver).length,
        Math.max(method.trials.length, spec.search.trials ?? 0),
      ];
    }),
    cards: methods.length <= MOST_CARDS,
  };
}

function isOver({ runs }: { readonly runs: readonly RunSummary[] }): boolean {
  return runs.every(({ status }) => status === 'completed' || status === 'failed' || status === 'diverged');
}

/** Every setting of a method. */
export function trialsTable({ spec }: SweepReport, method: MethodSummary): DataTable {
  const measure = measureOf(spec);
  const keys = [...new Set(method.trials.flatMap(({ setting }) => Object.keys(setting)))];
  const anyRungs = spec.search.kind === 'asha';
  return {
    caption: `Every setting of ${nameOf(method)}: mean ${measure.name}, percent of ${searchImages(spec)}, over ${seedsWords(spec.seeds)}`,
    name: `settings-${method.name}`,
    columns: [
      { label: 'setting' },
      ...keys.map((label) => ({ label })),
      { ...headOf(measure, searchImages(spec)), digits: 2 },
      { label: 'sd', unit: 'points', digits: 2 },
      ...(anyRungs ? [{ label: 'tasks' }] : []),
    ],
    rows: method.trials.map(({ number, setting, runs, value, tasks }): Cell[] => [
      String(number),
      ...keys.map((key) => cellOf(setting[key])),
      value,
      value === null ? null : (measuredIn(runs, measure)?.deviation ?? null),
      ...(anyRungs ? [tasks] : []),
    ]),
  };
}

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

/** A run and where it belongs. */
interface PlacedRun {
  readonly method: MethodSummary;
  readonly trial: number | null;
  readonly isFinal: boolean;
  readonly run: RunSummary;
}

/** Every run that is known of. */
export function placedRuns({ methods }: SweepReport): PlacedRun[] {
  return methods.flatMap((method) => [
    ...method.trials.flatMap(({ number, runs }) =>
      runs.map((run) => ({ method, trial: number, isFinal: false, run })),
    ),
    ...method.final.map((run) => ({ method, trial: method.chosen, isFinal: true, run })),
  ]);
}

/** A row a run, all that is known of it. */
export function runsTable(report: SweepReport): DataTable {
  const { spec, methods } = report;
  const keys = [
    ...new Set(methods.flatMap(({ trials }) => trials.flatMap(({ setting }) => Object.keys(setting)))),
  ];
  return {
    caption: 'Every run',
    name: 'runs',
    columns: [
      ...['run', 'method', 'phase', 'setting', 'seed', 'status', 'tasks', ...keys].map((label) => ({
        label,
      })),
      { label: 'images' },
      ...SWEEP_MEASURES.map(({ name, unit }) => ({ label: name, unit })),
      { label: 'error' },
    ],
    rows: placedRuns(report).map(({ method, trial, isFinal, run }): Cell[] => {
      const setting = method.trials.find(({ number }) => number === trial)?.setting ?? {};
      return [
        run.name,
        method.name,
        isFinal ? 'final' : 'search',
        trial,
        run.seed,
        run.status,
        run.tasks,
        ...keys.map((key) => cellOf(setting[key])),
        isFinal ? resultImages(spec) : searchImages(spec),
        ...SWEEP_MEASURES.map((measure) => measure.of(run)),
        run.error,
      ];
    }),
  };
}

/** The runs as RFC 4180 has a table. */
export function sweepCsv(report: SweepReport): string {
  return csv(runsTable(report));
}

/** The results in Markdown, for papers and issues. */
export function sweepMarkdown(report: SweepReport): string {
  const table = resultsTable(report);
  return `${markdownTable(table)}\n${table.caption}\n`;
}

/** The same in LaTeX; the images are in its caption alone, because columns of a paper are narrow. */
export function sweepLatex(report: SweepReport): string {
  const table = resultsTable(report);
  const columns = table.columns.map((column) => ({ ...column, unit: column.unit?.replace(/ of .*/, '') }));
  return latexTable({ ...table, columns });
}

/** Those that failed or diverged, with why. */
export function lostTable(report: SweepReport): DataTable | null {
  const lost = placedRuns(report).filter(({ run }) => run.status === 'failed' || run.status === 'diverged');
  if (lost.length === 0) return null;
  return {
    caption: 'Runs that failed or diverged. A setting with such a run has no value and is never chosen.',
    name: 'failures',
    columns: [{ label: 'run' }, { label: 'status' }, { label: 'setting' }, { label: 'why' }],
    rows: lost.map(({ run, method, trial }) => [
      run.name,
      run.status,
      settingWords(method.trials.find(({ number }) => number === trial)?.setting ?? {}) || '–',
      run.error ?? (run.status === 'diverged' ? 'a loss or the parameters became NaN or infinite' : '–'),
    ]),
    cards: true,
  };
}
