import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import { comparisonCsv } from '../../lib/report/csv.js';
import { comparisonPage } from '../../lib/report/html/comparison-page.js';
import { runPage } from '../../lib/report/html/run-page.js';
import { groupByMethod } from '../../lib/report/text/comparison.js';
import { divergenceLine } from '../../lib/report/text/lines.js';
import { liveLines } from '../../lib/report/text/live.js';
import { reportLines } from '../../lib/report/text/reported.js';
import { RunProgress } from '../../lib/report/text/run-progress.js';
import { summary } from '../../lib/report/text/summary.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../lib/runs/checkpoint.js';
import { readResult } from '../../lib/runs/read-result.js';
import { eventLine } from '../../lib/sinks/event-log.js';
import { RunScalars } from '../../lib/sinks/tensorboard/scalars.js';
import type { TaskReport } from '../../lib/training/report.js';
import { checkpoint } from '../support/checkpoint.js';
import { invented, inventedRun, learnByInvented } from '../support/invented-method.js';
import { searchReport, silent } from '../support/made-up-run.js';
import { learn, learnByLfd, taskEvent } from '../support/task-training.js';

describe('what an invented method tells, which no code of ours names, is', () => {
  test('its measures, curves and phases', async () => {
    const { report } = await learnByInvented();
    expect(report).toEqual({
      measures: {
        quill: { label: 'mean quill', phase: 'weighing', before: 0.5, value: 0.25, unit: 'grams', digits: 2 },
        blots: { label: 'blotted steps', value: 12.5, unit: '%' },
      },
      curves: {
        ink: {
          label: 'Ink left',
          phase: 'mending',
          x: { label: 'page', first: 1 },
          y: { label: 'ink', unit: 'ml' },
          values: [8, 4, 2],
        },
      },
      phases: {
        weighing: { label: 'quill weight', seconds: expect.any(Number) },
        mending: { label: 'mending', seconds: expect.any(Number), accuracyBefore: [80, 97] },
      },
    });
  });

  test('in the lines on a terminal', async () => {
    const { report = silent } = await learnByInvented();
    expect(reportLines(taskEvent(report))).toEqual([
      'quill weight: mean quill 0.50 → 0.25 grams',
      'mending: mean 88.5 → 94.0',
      'blotted steps 12.5 %',
    ]);
    expect(summary(await inventedRun(), 1)).toMatch(
      /training \d+ s, quill weight 2\.0 s, mending 1\.0 s, evaluation/,
    );
  });

  test('in the live display, with the course of its value', async () => {
    const { events } = await learnByInvented();
    const run = new RunProgress({ tasks: 2, epochs: 1 });
    run.event({ type: 'task-start', task: 1, tasks: 2, epochs: 1 });
    const shown = events.map((event) => {
      run.event(event);
      return liveLines(run, 79, picocolors.createColors(false)).split('\n').slice(1, 3);
    });
    expect(shown[0]?.[0]).toMatch(/^▸ task 1 {2}weighing the quills {2}░+ {4}0 %$/);
    expect(shown[0]?.[1]).toBe('');
    expect(shown[2]?.[0]).toMatch(/^▸ task 1 {2}weighing the quills {2}█+ {2}100 %$/);
    expect(shown[2]?.[1]).toBe('  quills a page 9.0000  █▁');
  });

  test('in the lines of JSON', async () => {
    const { events, report = silent } = await learnByInvented();
    const lines = events.map((event) => JSON.parse(eventLine(event, new Date(0))));
    expect(lines.filter(({ type }) => type === 'search')).toMatchObject([
      { task: 1, phase: 'weighing', label: 'weighing the quills', step: 0, steps: 1, value: null },
      { phase: 'weighing', step: 1, steps: 4, value: 12, objective: 'quills a page' },
      { phase: 'weighing', step: 4, steps: 4, value: 9 },
      { phase: 'mending', label: 'mending', step: 0, steps: 1, value: null, objective: 'value' },
    ]);
    expect(JSON.parse(eventLine(taskEvent(report), new Date(0))).report).toEqual(report);
  });

  test('in TensorBoard', async () => {
    const { report = silent } = await learnByInvented();
    const points = new RunScalars().of(taskEvent(report)).map(({ tag, step, value }) => [tag, step, value]);
    expect(points.slice(4)).toEqual([
      ['weighing/quill/before', 1, 0.5],
      ['weighing/quill', 1, 0.25],
      ['strategy/blots', 1, 12.5],
      ['seconds/weighing', 1, expect.any(Number)],
      ['accuracy/before_mending', 1, 88.5],
      ['seconds/mending', 1, expect.any(Number)],
      ['mending/ink/task_1', 1, 8],
      ['mending/ink/task_1', 2, 4],
      ['mending/ink/task_1', 3, 2],
    ]);
  });

  test('on the page: pictures, words for who does not see them, tables and CSV files', async () => {
    const page = await runPage(await inventedRun());
    const figures = [...page.matchAll(/<figure id="([\w-]+)"/g)].map(([, id]) => id);
    expect(figures).toEqual([
      ...['matrix', 'tasks', 'forgetting', 'loss'],
      ...['measure-weighing-quill', 'curve-ink', 'measure-strategy-blots', 'time'],
    ]);
    for (const text of [
      ...['<h3>Mean quill</h3>', '<h3>Ink left</h3>', '<h3>Blotted steps</h3>'],
      'Task 2: from 8 to 2.',
      'Task 3: 0.75.',
      '<th scope="col" role="columnheader">mean quill before <small>grams</small></th>',
      'download="mending.csv"',
      'quill weight: 2.0 s.',
    ]) {
      expect(page).toContain(text);
    }
    const csv = decodeURIComponent(
      /download="ink.csv" href="data:text\/csv;charset=utf-8,([^"]*)"/.exec(page)?.[1] ?? '',
    );
    expect(csv).toBe('page,task 1,task 2,task 3\r\n1,8,8,8\r\n2,4,4,4\r\n3,2,2,2\r\n');
  });

  test('in result.json and in a checkpoint', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cl-torch-told-'));
    try {
      const run = await inventedRun();
      await writeFile(join(folder, 'result.json'), JSON.stringify(run));
      expect(await readResult(folder)).toEqual(JSON.parse(JSON.stringify(run)));
      const { report = silent } = await learnByInvented();
      expect(decodeCheckpoint(encodeCheckpoint({ ...checkpoint, report }), 'x').report).toEqual(report);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('in a comparison: its page and its CSV file', async () => {
    const runs = [await inventedRun(), await inventedRun()].map((run, i) => ({
      ...run,
      config: { ...run.config, seed: i },
      seconds: { ...run.seconds, phases: { weighing: 2 + i, mending: 1 } },
    }));
    const page = await comparisonPage(runs);
    // Tasks 1 to 3 have 0.25, 0.5 and 0.75; the two runs differ in the seconds alone.
    for (const [label, mean] of [
      ['quill weight: mean quill, grams', '0.5000 ± 0.0000'],
      ['blotted steps, %', '12.500 ± 0.000'],
      ['quill weight: time, s', '2.5000 ± 0.7071'],
      ['mending: time, s', '1.0000 ± 0.0000'],
    ]) {
      expect(page).toContain(
        `data-label="measure">${label}</td><td role="cell" data-label="mean">${mean}</td>`,
      );
    }
    const [head = '', line = ''] = comparisonCsv(groupByMethod(runs)).split('\r\n');
    expect(head).toMatch(
      /,"quill weight: mean quill, grams","quill weight: mean quill, grams, sd",.*"mending: time, s","mending: time, s, sd",seed numbers$/,
    );
    expect(line).toMatch(/,0\.5,0,12\.5,0,.*,1,0,0 1$/);
  });

  test('its advice when the training diverges', async () => {
    const { events, error } = await learn(
      { ...invented, afterTask: undefined } as unknown as typeof invented,
      { session: { isFinite: async () => false } },
    );
    expect(error).toMatchObject({ code: 'DIVERGED', message: expect.stringContaining('a thinner quill') });
    const diverged = events.flatMap((event) => (event.type === 'diverged' ? [event] : []));
    expect(diverged.map(divergenceLine)).toEqual([expect.stringContaining('a thinner quill')]);
  });
});

test('the made-up runs of the pages’ tests have the words of lfd', async () => {
  const wordsOf = (report: TaskReport): unknown =>
    JSON.parse(
      JSON.stringify(report, (_, value) => (typeof value === 'number' ? 0 : value)),
      (key, value) => (key === 'values' || key === 'accuracyBefore' ? [] : value),
    );
  const { report = silent } = await learnByLfd({}, {});
  expect(wordsOf(report)).toEqual(wordsOf(searchReport([1, 2])));
});
