import { count } from '../../base/count.js';
import { commandLine } from '../../config/command-line.js';
import type { PublishedValue, Reproduction } from '../../reproductions/define.js';
import type { RowOutcome } from '../../reproductions/outcome.js';
import type { RunResult } from '../../runs/types.js';
import type { DataTable } from './data-table.js';
import { spread } from './seeds.js';
import { duration, wrapped } from './text.js';

const READINGS: Readonly<Record<PublishedValue['reading'], string>> = {
  primary: '',
  copied: ', as later papers copy it',
  recalled: ', recalled',
};

const TABLE_WIDTH = 80;

/** What a table of published values holds, and what came out here. */
export interface ReproductionOutcome {
  readonly table: Reproduction;
  readonly rows: readonly RowOutcome[];
}

/** The tables that there are, for people. */
export function reproductionsText(tables: readonly Reproduction[]): string {
  return tables
    .map(({ name, title, source, protocol, rows }) =>
      [
        `${name}: ${title}`,
        ...[source, protocol, rowsText(rows)].map((text) =>
          wrapped(text, TABLE_WIDTH - 2).replaceAll(/^/gm, '  '),
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

function rowsText(rows: Reproduction['rows']): string {
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  return scenarios
    .map((scenario) => {
      const names = rows.filter((row) => row.scenario === scenario).map(({ name }) => name);
      return `${scenario}: ${names.join(', ')}`;
    })
    .join('; ');
}

/** Published beside ours, a row for each method and scenario. */
export function reproductionTable({ table, rows }: ReproductionOutcome): DataTable {
  return {
    caption: reproductionCaption(rows),
    name: table.name,
    columns: [
      { label: 'method' },
      { label: 'scenario' },
      { label: 'published', unit: '%' },
      { label: 'accepted', unit: '%' },
      { label: 'ours', unit: '%' },
      { label: 'difference', unit: 'points' },
      { label: 'seeds' },
      { label: 'verdict' },
      { label: 'time of a run' },
    ],
    rows: rows.map((outcome) => {
      const { row, runs, seconds, verdict } = outcome;
      const { accepted } = row;
      return [
        row.method,
        row.scenario,
        publishedText(row.published),
        accepted === undefined ? '–' : accepted.map((value) => value.toFixed(1)).join(' to '),
        oursText(outcome),
        differenceText(outcome.difference),
        seedsOf(runs),
        VERDICTS[verdict],
        duration(seconds),
      ];
    }),
    cards: true,
  };
}

const VERDICTS: Readonly<Record<RowOutcome['verdict'], string>> = {
  inside: 'inside',
  outside: 'outside',
  undecided: '–',
};

/** How the numbers are to be read. */
export function reproductionCaption(rows: readonly RowOutcome[]): string {
  const decided = rows.filter(({ verdict }) => verdict !== 'undecided');
  const inside = decided.filter(({ verdict }) => verdict === 'inside').length;
  return (
    'Average accuracy after the last task, percent of the test images; published: mean (standard error); ours: mean ± sample ' +
    `standard deviation over the seeds. ${inside} of ${decided.length} decided rows are inside of what is accepted.`
  );
}

function publishedText(value: PublishedValue | undefined): string {
  if (value === undefined) return '–';
  const error = value.error === undefined ? '' : ` (${value.error.toFixed(2)})`;
  return `${value.mean.toFixed(2)}${error}${READINGS[value.reading]}`;
}

function oursText({ ours, runs }: RowOutcome): string {
  const diverged = runs.filter((run) => run.diverged).length;
  if (ours === null) return diverged > 0 ? 'diverged' : '–';
  return `${spread(ours)}${diverged > 0 ? `, ${diverged} diverged` : ''}`;
}

function differenceText(difference: number | null): string {
  if (difference === null) return '–';
  return `${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(2)}`;
}

function seedsOf(runs: readonly RunResult[]): string {
  return runs.map(({ config }) => config.seed).join(', ');
}

const HEADS = ['', 'scenario', 'published', 'ours', 'difference', ''];
const WIDTHS = [22, 9, 10, 16, 12, 10];

/** The same for a terminal of 80 columns, with what each row's settings had to choose below. */
export function reproductionText({ table, rows }: ReproductionOutcome): string {
  const lines = rows.map((outcome) => {
    const { row, verdict } = outcome;
    const published = row.published?.mean.toFixed(2) ?? '–';
    const mark = row.published?.reading === 'recalled' ? `(${published})` : published;
    return [
      row.method,
      row.scenario,
      mark,
      oursText(outcome),
      differenceText(outcome.difference),
      VERDICTS[verdict],
    ];
  });
  const body = [HEADS, ...lines].map((cells) =>
    cells
      .map((cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i] ?? 0) : cell.padStart(WIDTHS[i] ?? 0)))
      .join('')
      .trimEnd(),
  );
  const anyRecalled = rows.some(({ row }) => row.published?.reading === 'recalled');
  const caption = `${reproductionCaption(rows)}${anyRecalled ? ' In brackets: recalled, which decides nothing.' : ''}`;
  return [`${table.title} (${table.name})`, ...body, '', wrapped(caption, TABLE_WIDTH)].join('\n');
}

/** The command that makes the first of a row's runs again; null where it has none. */
export function rowCommand({ runs }: RowOutcome): string | null {
  const [first] = runs;
  return first ? commandLine({ config: first.config, threads: first.environment.threads }) : null;
}

/** When, with which versions and on what the rows were made, in a sentence. */
export function madeText(rows: readonly RowOutcome[]): string {
  const runs = rows.flatMap((outcome) => outcome.runs);
  const days = [...new Set(runs.flatMap(({ startedAt }) => startedAt?.slice(0, 10) ?? []))].sort();
  const different = (of: (run: RunResult) => string): string => [...new Set(runs.map(of))].join(', ');
  return (
    `${count(runs.length, 'run')} of ${days.length > 1 ? `${days[0]} to ${days.at(-1)}` : (days[0] ?? 'an unknown day')}, ` +
    `cl-torch ${different(({ environment }) => environment.clTorch)}, LibTorch ${different(({ environment }) => environment.libtorch)}, ` +
    `${different(({ environment }) => `${environment.device} (${environment.deviceName})`)}, ` +
    `${trainingText(runs)}.`
  );
}

/** How long the runs took, and where they trained side by side how long that was by the clock. */
function trainingText(runs: readonly RunResult[]): string {
  const all = runs.reduce((sum, { seconds }) => sum + seconds.total, 0);
  const clock = secondsByTheClock(runs);
  if (clock === null) return `${duration(all)} of training`;
  const sideBySide = clock < 0.9 * all;
  return `${duration(all)} of training ${sideBySide ? `in ${duration(clock)} side by side` : 'one after the other'}`;
}

/**
 * In which any of the runs went on, counted once where several did; null where a run does not know its start. One that was
 * stopped and resumed counts as if it had not been.
 */
function secondsByTheClock(runs: readonly RunResult[]): number | null {
  const spans = runs.map(({ startedAt, seconds }): readonly [begin: number, end: number] => {
    const begin = Date.parse(startedAt ?? '') / 1000 - seconds.setup; // it is written down after the set-up
    return [begin, begin + seconds.total];
  });
  if (spans.some(([begin]) => Number.isNaN(begin))) return null;
  let [clock, until] = [0, Number.NEGATIVE_INFINITY];
  for (const [begin, end] of spans.sort(([a], [b]) => a - b)) {
    clock += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
  }
  return clock;
}

/** What had to be chosen, a sentence for each row that says it; rows of one method that say the same are one. */
export function notesOf(rows: readonly RowOutcome[]): string[] {
  return [
    ...new Set(rows.flatMap(({ row }) => (row.note === undefined ? [] : `${row.method}: ${row.note}`))),
  ];
}
