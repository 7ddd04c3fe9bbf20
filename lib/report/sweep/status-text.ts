import type { Colors } from 'picocolors/types.js';
import { count } from '../../base/count.js';
import type { MethodSummary, RunStatus, SweepReport } from '../../sweep/plan/types.js';
import { TEXT_WIDTH } from '../text/method-lines.js';
import { spread } from '../text/seeds.js';
import { wrapped } from '../text/text.js';
import { bestTrial, measuredIn, nameOf, resultRows } from './rows.js';
import { placedRuns } from './tables.js';
import { headline, measureOf, resultImages, searchImages, seedsWords, settingWords } from './words.js';

/** Where a sweep lies, for the messages about it. */
export interface SweepPlace {
  /** As it was named on the command line. */
  readonly folder: string;
  /** Where the log of a run is; undefined where it has none. */
  logOf(run: string): string | undefined;
}

const STATUSES: readonly RunStatus[] = ['completed', 'running', 'stopped', 'failed', 'diverged', 'missing'];
/** So many errors are told; the table of `sweep collect --csv` has all. */
const MOST_FAILURES = 10;
/** Letters of an error on a terminal. */
const LONGEST_ERROR = 240;

/** How far a sweep is, what is best so far, and what failed, in lines of at most `columns` characters. */
export function statusText(
  report: SweepReport,
  place: SweepPlace,
  colors: Colors,
  columns: number = TEXT_WIDTH,
): string {
  const width = Math.min(columns, TEXT_WIDTH);
  return [
    wrapped(headline(report), width),
    runsLine(report, width, colors),
    '',
    ...report.methods.flatMap((method, index) => methodText(report, method, index, width, colors)),
    ...failureLines(report, place, width, colors),
    wrapped(nextLine(report, place), width),
  ].join('\n');
}

function runsLine({ runs, total, isComplete }: SweepReport, width: number, colors: Colors): string {
  const paint: Partial<Record<RunStatus, (text: string) => string>> = {
    completed: colors.green,
    running: colors.cyan,
    failed: colors.red,
    diverged: colors.yellow,
  };
  const known = STATUSES.reduce((sum, status) => sum + runs[status], 0);
  const told = STATUSES.filter((status) => runs[status] > 0).map((status) => `${runs[status]} ${status}`);
  const later = total > known ? [`${total - known} not yet known`] : [];
  const text = wrapped(
    `${count(Math.max(total, known), 'run')}${isComplete ? ', all over' : ''}: ${[...told, ...later].join(', ')}`,
    width,
  );
  return STATUSES.reduce(
    (line, status) =>
      line.replace(new RegExp(`\\b${runs[status]} ${status}\\b`), (found) => paint[status]?.(found) ?? found),
    text,
  );
}

function methodText(
  report: SweepReport,
  method: MethodSummary,
  index: number,
  width: number,
  { bold, dim, cyan }: Colors,
): string[] {
  const { spec } = report;
  const over = method.trials.filter(({ runs }) => runs.every(({ status }) => isOver(status))).length;
  const all = Math.max(method.trials.length, spec.search.trials ?? 0);
  const best = bestTrial(report, method);
  const isChosen = best !== undefined && method.chosen === best.number;
  const label = isChosen ? 'chosen' : spec.choice.kind === 'none' ? 'greatest' : 'best so far';
  const measured =
    best === undefined
      ? over < method.trials.length || over === 0
        ? 'no setting has a value yet'
        : 'no setting has a value: of each a run failed or diverged'
      : `${label}: setting ${best.number}${settingPart(best.setting)}: ${spread({ mean: best.value, deviation: best.deviation })} % of ${searchImages(spec)}, ${seedsWords(spec.seeds)}`;
  return [
    `${bold(nameOf(method))}${dim(`  ${over} of ${count(all, 'setting')} over`)}`,
    wrapped(`  ${measured}`, width),
    ...(isChosen ? [cyan(wrapped(`  ${finalWords(report, index)}`, width))] : []),
    '',
  ];
}

function settingPart(setting: Parameters<typeof settingWords>[0]): string {
  const words = settingWords(setting);
  return words === '' ? '' : ` (${words})`;
}

function isOver(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'diverged';
}

/** What the chosen setting came to with fresh seeds. */
function finalWords(report: SweepReport, index: number): string {
  const row = resultRows(report)[index];
  const value = row && measuredIn(row.runs, measureOf(report.spec));
  if (!row || !value)
    return `test: none of ${count(report.spec.choice.seeds.length, 'run')} has come to its end`;
  const seeds = row.runs.map(({ seed }) => seed);
  return `test: ${spread(value)} % of ${resultImages(report.spec)}, ${seedsWords(seeds)}`;
}

/** Runs that failed in the same way are told together. */
function failureLines(report: SweepReport, place: SweepPlace, width: number, { red }: Colors): string[] {
  const names = new Map<string, string[]>();
  for (const { run } of placedRuns(report)) {
    if (run.status !== 'failed') continue;
    const error = run.error ?? 'no reason is known';
    names.set(error, [...(names.get(error) ?? []), run.name]);
  }
  if (names.size === 0) return [];
  const lines = [...names].slice(0, MOST_FAILURES).flatMap(([error, [first = '', ...others]]) => {
    const short = error.length > LONGEST_ERROR ? `${error.slice(0, LONGEST_ERROR)}…` : error;
    const log = place.logOf(first);
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return [
      wrapped(`  ${first}${more}: ${short}`, width),
      ...(log === undefined ? [] : [`    log: ${log}`]), // a path is never broken
    ];
  });
  const left = names.size - MOST_FAILURES;
  return [
    red(`${count(report.runs.failed, 'run')} failed:`),
    ...lines,
    ...(left > 0
      ? [`  and in ${left} other ways: cl-torch sweep collect ${place.folder} --csv has all`]
      : []),
    '',
  ];
}

function nextLine({ isComplete, runs }: SweepReport, { folder }: SweepPlace): string {
  if (!isComplete) return `Go on: cl-torch sweep work ${folder}`;
  const retry = runs.failed > 0 ? ` Try the failed ones again: cl-torch sweep work ${folder} --retry` : '';
  return `Done. Tables: cl-torch sweep collect ${folder}; the page: cl-torch sweep report ${folder}.${retry}`;
}
