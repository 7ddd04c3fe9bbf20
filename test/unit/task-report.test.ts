import { describe, expect, test, vi } from 'vitest';
import { eventLine } from '../../lib/sinks/event-log.js';
import type { ReportPart } from '../../lib/training/report.js';
import type { Phase, PhaseCall } from '../../lib/training/strategy.js';
import { silent } from '../support/made-up-run.js';
import { learn, taskEvent } from '../support/task-training.js';

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
