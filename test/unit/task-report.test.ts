import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { describe, expect, test, vi } from 'vitest';
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
import type { RunEvent } from '../../lib/runs/types.js';
import { eventLine } from '../../lib/sinks/event-log.js';
import { RunScalars } from '../../lib/sinks/tensorboard/scalars.js';
import type { ReportPart, TaskReport } from '../../lib/training/report.js';
import type { Phase, PhaseCall } from '../../lib/training/strategy.js';
import { checkpoint } from '../support/checkpoint.js';
import { invented, inventedRun, learnByInvented } from '../support/invented-method.js';
import { searchReport, silent } from '../support/made-up-run.js';
import { learn, learnByLfd } from '../support/task-training.js';

/** The task event of a report. */
function taskEvent(report: TaskReport): Extract<RunEvent, { type: 'task' }> {
  return {
    type: 'task',
    task: 1,
    tasks: 2,
    accuracy: [90, 98],
    accuracyTaskAware: null,
    mean: 94,
    report,
    seconds: 2,
  };
}

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

describe('a report', () => {
  const told = (part: unknown) =>
    learn({ beforeTask: async (context) => context.report(part as ReportPart) }, { name: 'mine' });
  const curve = { label: 'c', x: { label: 'x' }, y: { label: 'y' }, values: [1] };

  test('takes NaN and infinity, and JSON has null for them', async () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, 1];
    const { report } = await told({
      measures: { m: { label: 'm', value: Number.NaN, before: null } },
      curves: { c: { ...curve, values } },
    });
    expect(report?.measures.m).toEqual({ label: 'm', value: Number.NaN, before: null });
    const kept = JSON.parse(eventLine(taskEvent(report ?? silent), new Date(0))).report;
    expect(kept.measures.m).toEqual({ label: 'm', value: null, before: null });
    expect(kept.curves.c.values).toEqual([null, null, 1]);
  });

  test('is put together of its parts; the same name is told anew', async () => {
    const { report } = await learn({
      async beforeTask(context) {
        context.report({ measures: { a: { label: 'a', value: 1 }, b: { label: 'b', value: 2 } } });
        context.report({ measures: { a: { label: 'a', value: 3 } }, curves: { curve } });
      },
    });
    expect(report?.measures).toEqual({ a: { label: 'a', value: 3 }, b: { label: 'b', value: 2 } });
    expect(report?.curves).toEqual({ curve });
  });

  test('keeps every n-th value of a curve that is too long, and says where they are', async () => {
    const values = Float64Array.from({ length: 25_000 }, (_, i) => i);
    const { report } = await told({ curves: { c: { ...curve, x: { label: 'x', first: 5 }, values } } });
    const kept = report?.curves.c;
    expect(kept?.x).toEqual({ label: 'x', first: 5, every: 3 });
    expect(kept?.values).toHaveLength(8334);
    expect(kept?.values.slice(0, 3)).toEqual([0, 3, 6]);
  });

  test('is what it was when it was told', async () => {
    const values = [1, 2];
    const { report } = await learn({
      async beforeTask(context) {
        context.report({ curves: { c: { ...curve, values } } });
        values[0] = 9;
      },
    });
    expect(report?.curves.c?.values).toEqual([1, 2]);
  });

  const measure = { label: 'm', value: 1 };
  test.each<[unknown, string]>([
    [undefined, 'The report must be an object; found undefined'],
    [{ measure: {} }, 'The report has measure, which is none of measures, curves'],
    [{ phases: {} }, 'The report has phases'],
    [
      { measures: [measure] },
      "A name in The report: measures must be lower-case letters and digits, words joined by -; found '0'",
    ],
    [{ measures: { Upper: measure } }, "found 'Upper'"],
    [{ measures: { m: 3 } }, 'The report: measures.m must be an object; found 3'],
    [{ measures: { m: { label: 'm' } } }, 'measures.m: value must be a number or null; found undefined'],
    [
      { measures: { m: { ...measure, value: '3' } } },
      "measures.m: value must be a number or null; found '3'",
    ],
    [{ measures: { m: { ...measure, label: '' } } }, 'measures.m: label must be 1 to 80 letters'],
    [{ measures: { m: { ...measure, label: 'a\u001b[2J' } } }, 'without control characters'],
    [
      { measures: { m: { ...measure, digits: 1.5 } } },
      'digits must be a whole number from 0 to 20; found 1.5',
    ],
    [
      { measures: { m: { ...measure, phase: 'none' } } },
      "measures.m is of the phase 'none', and of this task there are: none",
    ],
    [
      { measures: { m: { ...measure, colour: 'red' } } },
      'measures.m has colour, which is none of label, value',
    ],
    [{ curves: { c: { ...curve, values: 'abc' } } }, 'curves.c: values must be an array of numbers'],
    [{ curves: { c: { ...curve, values: [1, '2'] } } }, "curves.c: values[1] must be a number; found '2'"],
    [{ curves: { c: { ...curve, values: BigInt64Array.of(1n) } } }, 'values[0] must be a number; found 1n'],
    [{ curves: { c: { ...curve, y: 'ink' } } }, "curves.c: y must be an object; found 'ink'"],
    [{ curves: { c: { ...curve, x: { label: 'x', every: 0 } } } }, 'x: every must be a number above 0'],
    [{ curves: { c: { ...curve, ends: [1] } } }, 'ends must be two numbers'],
    [
      { measures: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`m${i}`, measure])) },
      'has 51 entries, and at most 50 are kept',
    ],
  ])('that cannot be shown is refused: %o', async (part, reason) => {
    const { error } = await told(part);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((error as Error).message).toMatch(
      /^The strategy 'mine' told what cannot be kept\. .* See docs\/strategies\.md\.$/,
    );
    expect((error as Error).message).toContain(reason);
  });
});

describe('a phase', () => {
  const doing = (phase: unknown, work: (call: PhaseCall) => Promise<void> = async () => {}) =>
    learn({ beforeTask: (context) => context.phase(phase as Phase<void>, work) }, { name: 'mine' });

  test('hands on what its work returns and throws, and counts the seconds of both', async () => {
    const failure = new RangeError('mine');
    const seen: unknown[] = [];
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
    const { report } = await learn(
      {
        async beforeEpoch(context) {
          const phase = { name: 'looking', label: 'looking' };
          seen.push(await context.phase(phase, async () => pause().then(() => 'found')));
          const failing = context.phase(phase, async () => pause().then(() => Promise.reject(failure)));
          seen.push(await failing.catch((error: unknown) => error));
        },
      },
      { epochs: 2 },
    );
    expect(seen).toEqual(['found', failure, 'found', failure]);
    expect(report?.phases.looking?.seconds).toBeGreaterThan(4 * 0.019);
  });

  test.each<[unknown, string]>([
    [
      { name: 'two words', label: 'x' },
      "The phase: name must be lower-case letters and digits, words joined by -; found 'two words'",
    ],
    [{ name: 'training', label: 'x' }, "The phase has the name 'training', which means something else there"],
    [{ name: 'a' }, 'The phase: label must be 1 to 80 letters'],
    [{ name: 'a', label: 'x', seconds: 3 }, 'The phase has seconds, which is none of name, label'],
    [undefined, 'cannot be read'],
  ])('that cannot be shown is refused: %o', async (phase, reason) => {
    const { error } = await doing(phase);
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect((error as Error).message).toContain("The strategy 'mine'");
    expect((error as Error).message).toContain(reason);
  });

  test.each<[unknown[]]>([[[2, 1]], [[-1, 5]], [[0, 0]], [[Number.NaN, 5]], [[1, 5, '3']]])(
    'whose progress makes no sense is refused: %o',
    async (progress) => {
      const { error } = await doing({ name: 'a', label: 'x' }, async ({ onProgress }) =>
        onProgress(...(progress as [number, number])),
      );
      expect(error).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining("phase 'a'"),
      });
    },
  );

  test('tells every 50 ms at most how far it is, and always its last step', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { events } = await doing({ name: 'a', label: 'x' }, async ({ onProgress }) => {
        for (let step = 1; step <= 10; ++step) {
          onProgress(step, 10);
          vi.advanceTimersByTime(20);
        }
      });
      const steps = events.flatMap((event) => (event.type === 'search' ? [event.step] : []));
      expect(steps).toEqual([0, 1, 4, 7, 10]);
    } finally {
      vi.useRealTimers();
    }
  });
});

test('a hook may take its context apart', async () => {
  const { report, error } = await learn({
    async afterTask({ session, renewModel, evaluate, phase, report }) {
      expect(await session.isFinite()).toBe(true);
      await renewModel();
      const [value = 0] = await evaluate();
      await phase({ name: 'looking', label: 'a look' }, async () =>
        report({ measures: { seen: { label: 'seen', value } } }),
      );
    },
  });
  expect(error).toBeUndefined();
  expect(report).toMatchObject({
    measures: { seen: { value: 80 } },
    phases: { looking: { label: 'a look' } },
  });
});
