import { describe, expect, test } from 'vitest';
import type { ExperimentInput } from '../../lib/config/types.js';
import { csv } from '../../lib/report/csv.js';
import { reproductionPage } from '../../lib/report/html/reproduction-page.js';
import {
  madeText,
  reproductionsText,
  reproductionTable,
  reproductionText,
} from '../../lib/report/text/reproduction.js';
import { reproductionData, reproductionMarkdown } from '../../lib/report/text/reproduction-files.js';
import { keyOf, type ReproducedRow, type Reproduction, within } from '../../lib/reproductions/define.js';
import { reproductions } from '../../lib/reproductions/index.js';
import { outcomeOf, type RowOutcome } from '../../lib/reproductions/outcome.js';
import { chosenRows, planReproduction } from '../../lib/reproductions/plan.js';
import type { RunResult } from '../../lib/runs/types.js';
import { madeUpRun } from '../support/made-up-run.js';

const row: ReproducedRow = {
  name: 'er',
  method: 'ER, 100 a class',
  scenario: 'class',
  settings: { strategy: 'er', memorySize: 100 },
  ...within(2, 88.79, 0.2, 'copied'),
  note: 'One mean.',
};
const table: Reproduction = {
  name: 'a-table',
  title: 'A table',
  source: 'Somebody, somewhere',
  protocol: 'Two tasks.',
  settings: { benchmark: 'split-mnist', iterations: 20 },
  rows: [
    row,
    {
      ...row,
      scenario: 'task',
      settings: { strategy: 'baseline' },
      published: { mean: 60, reading: 'recalled' },
    },
  ],
};

/** Runs of a row whose average accuracies are these. */
function runs(
  percents: readonly number[],
  input: ExperimentInput = { strategy: 'er', tasks: 2 },
): RunResult[] {
  return percents.map((percent, i) => {
    const made = madeUpRun({ ...input, seed: i + 1 });
    return { ...made, metrics: made.metrics && { ...made.metrics, averageAccuracy: percent } };
  });
}

const diverged = (run: RunResult): RunResult => ({
  ...run,
  status: 'diverged',
  metrics: null,
  diverged: { task: 1, epoch: 0, step: 3, loss: null } as unknown as RunResult['diverged'],
});

describe.each(reproductions.map((each) => [each.name, each] as const))('%s', (_name, published) => {
  const planned = planReproduction(published, published.rows, [1, 7], { device: 'cpu', threads: 1 }, 'out');

  test('every row is a run that the configuration takes, in a folder of its own', () => {
    expect(planned).toHaveLength(2 * published.rows.length);
    const folders = planned.map(({ run }) => run.config.out);
    expect(new Set(folders).size).toBe(folders.length);
    for (const { row, run } of planned) {
      expect(row.method.length).toBeLessThan(22); // the first column of the terminal's table
      expect(run.config.scenario).toBe(row.scenario);
      expect(run.config.strategy).toBe(row.settings.strategy);
      const of = { ...published.settings, ...row.settings, device: 'cpu', threads: 1 };
      expect(run.config).toMatchObject(of);
    }
  });

  test('what is drawn from the seed is another one with each', () => {
    for (const { run } of planned) {
      const drawn = Object.entries(run.config).filter(([key]) => published.seeded?.includes(key));
      expect(drawn).toEqual((published.seeded ?? []).map((key) => [key, run.config.seed]));
    }
  });

  test('what decides was read, and is around what was published', () => {
    for (const { published: value, accepted } of published.rows) {
      if (accepted === undefined || value === undefined) continue;
      expect(value.reading).not.toBe('recalled');
      expect(accepted[0]).toBeLessThan(value.mean);
      expect(accepted[1]).toBeGreaterThan(value.mean);
    }
  });
});

describe('rows that are wanted', () => {
  test('by method and scenario', () => {
    expect(chosenRows(table, {})).toEqual(table.rows);
    expect(chosenRows(table, { scenario: 'task' }).map(keyOf)).toEqual(['er-task']);
    expect(chosenRows(table, { methods: ['er'], scenario: 'class' }).map(keyOf)).toEqual(['er-class']);
  });

  test.each([
    [{ methods: ['si'] }, "--methods: 'a-table' has no 'si'; it has er."],
    [
      { scenario: 'domain' as const },
      'no such row with domain-incremental tasks; its tasks are class-, task-incremental',
    ],
  ])('%j is refused', (choice, message) => {
    expect(() => chosenRows(table, choice)).toThrow(message);
  });
});

describe('the verdict', () => {
  test.each([
    [[88, 89], 'inside', -0.29],
    [[86.7, 86.87], 'outside', -2.005],
    [[91, 92], 'outside', 2.71],
  ])('of %j: %s', (percents, verdict, difference) => {
    const outcome = outcomeOf(row, runs(percents));
    expect(outcome.verdict).toBe(verdict);
    expect(outcome.difference).toBeCloseTo(difference, 10);
  });

  test('of what nobody published, of a recalled value and of runs that all diverged: none', () => {
    const { accepted: _accepted, published: _published, ...unpublished } = row;
    expect(outcomeOf(unpublished, runs([88]))).toMatchObject({ verdict: 'undecided', difference: null });
    const recalled = outcomeOf({ ...unpublished, published: { mean: 80, reading: 'recalled' } }, runs([88]));
    expect(recalled).toMatchObject({ verdict: 'undecided', difference: 8 });
    expect(outcomeOf(row, runs([88, 89]).map(diverged))).toMatchObject({ verdict: 'undecided', ours: null });
  });

  test('a seed that diverged is in no mean, and told', () => {
    const [first, second] = runs([88, 10]) as [RunResult, RunResult];
    const outcome = outcomeOf(row, [first, diverged(second)]);
    expect(outcome.ours?.mean).toBe(88);
    expect(reproductionText({ table, rows: [outcome] })).toContain('88.00, 1 diverged');
  });
});

describe('what a person gets', () => {
  const [first, second] = table.rows as [ReproducedRow, ReproducedRow];
  const { accepted: _accepted, ...undecided } = second;
  const rows: RowOutcome[] = [
    outcomeOf(first, runs([80, 82])),
    outcomeOf(undecided, runs([61], { strategy: 'baseline', tasks: 2 })),
  ];
  const outcome = { table, rows };

  test('on a terminal of 80 columns', () => {
    const text = reproductionText(outcome);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toMatch(/^ER, 100 a class +class +88\.79 +81\.00 ± 1\.41 +−7\.79 +outside$/m);
    expect(text).toMatch(/^ER, 100 a class +task +\(60\.00\) +61\.00 +\+1\.00 +–$/m);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('0 of 1 decided rows are inside of what is accepted');
  });

  test('as Markdown with the commands and what had to be chosen', () => {
    const text = reproductionMarkdown(outcome);
    expect(text).toContain(
      '| ER, 100 a class | class | 88.79 (0.20), as later papers copy it | 86.8 to 90.8 | 81.00 ± 1.41 |',
    );
    expect(text).toContain('60.00, recalled');
    expect(text.match(/^- ER, 100 a class: One mean\.$/gm)).toHaveLength(1);
    expect(text).toMatch(/^npx cl-torch run er --seed 1 .*--tasks 2/m);
    expect(text).toMatch(/^npx cl-torch run baseline --seed 1 /m);
  });

  test('as CSV and JSON', () => {
    expect(csv(reproductionTable(outcome)).split('\r\n')[1]).toMatch(/^"ER, 100 a class",class,/);
    const data = reproductionData(outcome) as { rows: { verdict: string; runs: unknown[] }[] };
    expect(data.rows.map(({ verdict }) => verdict)).toEqual(['outside', 'undecided']);
    expect(data.rows[0]?.runs).toMatchObject([
      { seed: 1, averageAccuracy: 80 },
      { seed: 2, averageAccuracy: 82 },
    ]);
  });

  test('as a page', async () => {
    const page = await reproductionPage(outcome);
    expect(page).toContain('Outside of what is accepted: ER, 100 a class (class).');
    expect(page).toContain('id="published-class"');
    expect(page).toContain('id="published-task"');
  });

  test.each([
    ['a run after the other', [0, 60], '2 min 0 s of training one after the other'],
    ['two side by side', [0, 10], '2 min 0 s of training in 1 min 10 s side by side'],
    ['a pause between them', [0, 1000], '2 min 0 s of training one after the other'],
  ])('how long it took: %s', (_, starts, expected) => {
    const timed = runs(starts.map(() => 80)).map((run, i) => ({
      ...run,
      startedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, starts[i])).toISOString(),
      seconds: { ...run.seconds, setup: 0, total: 60 },
    }));
    expect(madeText([outcomeOf(first, timed)])).toContain(expected);
  });

  test('how long it took is not told by the clock where a run does not know its start', () => {
    const [known, ...others] = runs([80, 81]);
    const timed = [{ ...known, startedAt: undefined } as RunResult, ...others];
    expect(madeText([outcomeOf(first, timed)])).toMatch(/ s of training\.$/);
  });

  test('the start of a run that took long to set up is that of its set-up', () => {
    const timed = runs([80, 80]).map((run, i) => ({
      ...run,
      startedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, [10, 100][i])).toISOString(),
      seconds: { ...run.seconds, setup: [10, 40][i] ?? 0, total: 60 },
    }));
    expect(madeText([outcomeOf(first, timed)])).toContain('one after the other'); // 0 to 60 and 60 to 120
  });

  test('the list names every method by its scenario', () => {
    expect(reproductionsText([table])).toMatch(/^a-table: A table\n[\s\S]*class: er; task: er$/);
  });
});
