import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExperimentInput } from '../../lib/config/types.js';
import { runExperiment } from '../../lib/index.js';
import type { RunEvent, RunResult } from '../../lib/runs/types.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { engine } from '../support/engine.js';
import { silent } from '../support/made-up-run.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** What a method is told of, beside the common options. */
type Method = ExperimentInput extends infer Input
  ? Input extends unknown
    ? Omit<Input, 'dataDir'>
    : never
  : never;

interface Run {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
  /** Of every step. */
  readonly losses: readonly number[];
}

/** Three tasks of 512 images in 8 steps an epoch. */
async function run(method: Method): Promise<Run> {
  const events: RunEvent[] = [];
  const result = await runExperiment(
    {
      tasks: 3,
      epochs: 2,
      hidden: [32],
      batchSize: 64,
      device: 'cpu',
      threads: 1,
      engine,
      ...method,
      dataDir: box.dataDir,
    } as ExperimentInput,
    { onEvent: (event) => events.push(event) },
  );
  const losses = events.flatMap((event) => (event.type === 'epoch' ? [...event.stepLosses] : []));
  return { result, events, losses };
}

const lfd = { strategy: 'lfd', memorySize: 50 } as const;

describe('a penalty of weight 0 along a random direction, without the equilibrium point', () => {
  test.each(['global', 'per-tensor'] as const)('is the baseline bit for bit (%s)', async (sphere) => {
    const off = { alpha: 0, direction: 'random', equilibriumPoint: 'off', sphere } as const;
    const [baseline, nothing] = [await run({ strategy: 'baseline' }), await run({ ...lfd, ...off })];
    expect(nothing.losses).toEqual(baseline.losses);
    expect(nothing.result.accuracy).toEqual(baseline.result.accuracy);
    expect(nothing.losses).toHaveLength(3 * 2 * 8);
  });

  test('and with one it is not', async () => {
    const method = { direction: 'random', equilibriumPoint: 'off' } as const;
    const [baseline, penalised] = [await run({ strategy: 'baseline' }), await run({ ...lfd, ...method })];
    expect(penalised.losses.slice(0, 17)).toEqual(baseline.losses.slice(0, 17)); // task 0, and the first step at w_t
    for (const [step, loss] of penalised.losses.slice(17).entries()) {
      expect(loss).not.toBe(baseline.losses[17 + step]);
    }
  });
});

test('rehearsal of no example is the baseline bit for bit', async () => {
  const [baseline, er] = [await run({ strategy: 'baseline' }), await run({ strategy: 'er', rehearsal: 0 })];
  expect(er.losses).toEqual(baseline.losses);
});

describe.each([lfd, { strategy: 'er+lfd', memorySize: 50 }, { strategy: 'er', memorySize: 50 }] as const)(
  'the seed of $strategy',
  (method) => {
    test('repeats every loss and search bit for bit; another changes every loss', async () => {
      const timeless = ({ result, losses }: Run): unknown => [
        losses,
        result.accuracy,
        JSON.parse(JSON.stringify(result.taskReports, (key, value) => (key === 'seconds' ? 0 : value))),
      ];
      const first = await run({ ...method, seed: 1 });
      expect(timeless(await run({ ...method, seed: 1 }))).toEqual(timeless(first));
      const other = await run({ ...method, seed: 2 });
      expect(other.losses.every((loss, step) => loss !== first.losses[step])).toBe(true);
      expect(other.losses).toHaveLength(first.losses.length);
    });
  },
);

describe('a run of the complete method tells, per task,', () => {
  let complete: Run;
  beforeAll(async () => {
    complete = await run(lfd);
  });

  test('nothing of the first, whose parameters no direction binds', () => {
    expect(complete.result.taskReports[0]).toEqual({ measures: {}, curves: {}, phases: {} });
  });

  test.each([1, 2])('direction, deviation and equilibrium point of task %i', (task) => {
    const { measures, curves, phases } = complete.result.taskReports[task] ?? silent;
    const { g, deviation, lambda } = measures;
    expect(g?.value).toBeLessThan(g?.before ?? 0);
    expect(curves['direction-path']?.ends).toEqual([g?.before, g?.value]);
    expect(deviation?.value).toBeGreaterThan(0);
    const path = curves['lambda-path']?.values ?? [];
    expect(path).toHaveLength(41);
    expect(path[0]).toBe(0.5);
    expect(lambda?.value).toBe(path[40]);
    const { accuracyBefore = [] } = phases['equilibrium-point'] ?? {};
    expect(accuracyBefore).toHaveLength(task + 1);
    for (const value of accuracyBefore) {
      expect(Number.isInteger((value * 128) / 100)).toBe(true); // of 128 test images
    }
  });

  test('the same in the events as in the result', () => {
    const reports = complete.events.flatMap((event) => (event.type === 'task' ? [event.report] : []));
    expect(reports).toEqual(complete.result.taskReports);
  });

  test('the seconds of its searches', () => {
    const { seconds, taskReports } = complete.result;
    const searches = taskReports.flatMap(({ phases }) => [
      phases.direction?.seconds ?? 0,
      phases['equilibrium-point']?.seconds ?? 0,
    ]);
    expect(searches.filter((value) => value > 0)).toHaveLength(4);
    expect(seconds.search).toBeCloseTo(
      searches.reduce((sum, value) => sum + value, 0),
      6,
    );
    expect(seconds.search).toBeLessThan(seconds.total);
    const { direction = 0, 'equilibrium-point': point = 0, ...others } = seconds.phases;
    expect(direction + point).toBeCloseTo(seconds.search, 12);
    expect(Object.keys(others)).toEqual([]);
  });
});

test.each([
  [{ ...lfd, memorySize: 513 }, 'a task has only 512 training examples'],
  [{ strategy: 'er', memorySize: 200, memoryPer: 'class' }, 'a class has only 5'],
] as const)('a memory larger than the set, %o, is refused before any training', async (method, text) => {
  const events: string[] = [];
  const attempt = runExperiment(
    { ...method, hidden: [32], device: 'cpu', threads: 1, dataDir: box.dataDir },
    { onEvent: ({ type }) => events.push(type) },
  );
  await expect(attempt).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(text),
  });
  expect(events.filter((type) => type === 'epoch' || type === 'progress')).toEqual([]);
});
