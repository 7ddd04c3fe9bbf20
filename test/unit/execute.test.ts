import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ExperimentInput } from '../../lib/config/types.js';
import { executeRun } from '../../lib/runs/run.js';
import { newRun, type RunPlan } from '../../lib/runs/run-plan.js';
import type { RunEvent, RunResult } from '../../lib/runs/types.js';
import { createTrainingGroup, type TrainingGroup } from '../../lib/session/training-group.js';
import { executeRuns, type MissingRun } from '../../lib/sweep/execute.js';
import { resolveEnvironment } from '../../lib/training/environment.js';

vi.mock('../../lib/runs/run.js', () => ({ executeRun: vi.fn() }));
vi.mock('../../lib/session/training-group.js', () => ({ createTrainingGroup: vi.fn() }));
vi.mock('../../lib/training/environment.js', () => ({ resolveEnvironment: vi.fn() }));

const cores = 4;
const order: string[] = [];
let training = 0;
let most = 0;

/** Tells its name and threads, and takes a moment. */
beforeEach(() => {
  order.length = 0;
  most = 0;
  machineHas('cpu', 'fused');
  vi.mocked(executeRun).mockReset();
  vi.mocked(executeRun).mockImplementation(async (run, { emit }) => {
    order.push(nameOf(run));
    most = Math.max(most, ++training);
    emit({ type: 'start', strategy: nameOf(run) } as RunEvent);
    await delay(2);
    training -= 1;
    return resultOf(run);
  });
});

function machineHas(device: string, engine: 'autograd' | 'fused'): void {
  const environment = { device, engine, threads: cores } as Awaited<ReturnType<typeof resolveEnvironment>>;
  vi.mocked(resolveEnvironment).mockResolvedValue(environment);
}

const nameOf = (run: RunPlan): string =>
  `${run.state} ${run.config?.strategy}-${run.config?.seed} ${run.config?.threads}`;
const resultOf = (run: RunPlan): RunResult => ({ strategy: nameOf(run) }) as RunResult;
const fresh = (input: ExperimentInput): RunPlan => newRun(input);
const stopped = (input: ExperimentInput): RunPlan => {
  const { config } = newRun(input);
  return { state: 'stopped', folder: '/run', config };
};
const done = (input: ExperimentInput): RunPlan => {
  const { config } = newRun(input);
  return { state: 'done', config, result: { strategy: 'found' } as RunResult };
};

const quiet = { signal: new AbortController().signal, emit: () => {} };

describe('a list of runs', () => {
  test('without a share of the cores: one after the other, as each is', async () => {
    const runs = [1, 2].map((seed) => fresh({ strategy: 'er', seed }));
    await executeRuns(runs, quiet);
    expect(order).toEqual(['new er-1 auto', 'new er-2 auto']);
    expect(most).toBe(1);
    expect(resolveEnvironment).not.toHaveBeenCalled();
  });

  test('those that are alike train side by side with their share of the cores, the others after them', async () => {
    const runs = (['er', 'lfd'] as const).flatMap((strategy) =>
      [1, 2, 3].map((seed) => fresh({ strategy, seed, out: `/runs/${strategy}-${seed}` })),
    );
    const begun: [number, number][] = [];
    const results = await executeRuns(runs, {
      ...quiet,
      atOnce: 2,
      onBegin: (missing, atOnce) => begun.push([missing.length, atOnce]),
    });
    expect(order).toEqual(['er-1', 'er-2', 'er-3', 'lfd-1', 'lfd-2', 'lfd-3'].map((name) => `new ${name} 2`));
    expect(results.map(({ strategy }) => strategy)).toEqual(order);
    expect(begun).toEqual([
      [3, 2],
      [3, 2],
    ]);
    expect(most).toBe(2);
  });

  test('mixed, on the CPU runs of every kind train side by side, in the order of the list', async () => {
    const runs = (['er', 'lfd'] as const).flatMap((strategy) =>
      [1, 2].map((seed) =>
        fresh({ strategy, seed, benchmark: 'split-mnist', classOrder: 'seeded', classSeed: seed }),
      ),
    );
    const begun: [number, number][] = [];
    await executeRuns(runs, {
      ...quiet,
      atOnce: 'auto',
      mixed: true,
      onBegin: (missing, atOnce) => begun.push([missing.length, atOnce]),
    });
    expect(order).toEqual(['er-1', 'er-2', 'lfd-1', 'lfd-2'].map((name) => `new ${name} 1`));
    expect(begun).toEqual([[4, 4]]);
    expect(most).toBe(4);
  });

  test('mixed, a stopped run is resumed beside new ones; what is missing shares the cores', async () => {
    const runs = [
      done({ strategy: 'er', seed: 1 }),
      fresh({ strategy: 'er', seed: 2 }),
      stopped({ strategy: 'lfd', seed: 1, threads: 3 }),
      done({ strategy: 'lfd', seed: 2 }),
    ].map((run) => ({ ...run, machine: newRun({ strategy: 'er' }).machine }) as RunPlan);
    const told: string[] = [];
    await executeRuns(runs, {
      ...quiet,
      atOnce: 'auto',
      mixed: true,
      onRunEvent: (run, { type }) => told.push(`${type} of ${run.config?.strategy}-${run.config?.seed}`),
    });
    expect(order).toEqual(['stopped lfd-1 3', 'new er-2 2']);
    expect(most).toBe(2);
    expect(told).toEqual(['start of lfd-1', 'start of er-2']);
  });

  test('another setting is another kind of run, wherever it stands in the list', async () => {
    const runs = [
      fresh({ strategy: 'er', seed: 1 }),
      fresh({ strategy: 'er', seed: 1, memorySize: 10 }),
      fresh({ strategy: 'er', seed: 2 }),
    ];
    const results = await executeRuns(runs, { ...quiet, atOnce: 1 });
    expect(order).toEqual(['new er-1 4', 'new er-2 4', 'new er-1 4']);
    expect(results.map(({ strategy }) => strategy)).toEqual(['new er-1 4', 'new er-1 4', 'new er-2 4']);
  });

  test('what is done is told of first and not executed; what was stopped is resumed before others begin', async () => {
    const reused: RunPlan[] = [];
    const runs = [
      fresh({ strategy: 'er', seed: 1 }),
      stopped({ strategy: 'er', seed: 2 }),
      done({ strategy: 'er', seed: 3 }),
      done({ strategy: 'er', seed: 4 }),
      done({ strategy: 'lfd', seed: 3 }),
    ];
    const soFar: number[] = [];
    const results = await executeRuns(runs, {
      ...quiet,
      atOnce: 'auto',
      onReuse(run) {
        expect(order).toEqual([]);
        reused.push(run);
      },
      async onResult(finished) {
        soFar.push(finished.length);
      },
    });
    expect(reused).toEqual(runs.slice(2));
    // Four runs of four cores are given one each, however many of them are done; one that is resumed keeps what it had.
    expect(order).toEqual(['stopped er-2 auto', 'new er-1 1']);
    expect(results.map(({ strategy }) => strategy)).toEqual([
      'new er-1 1',
      'stopped er-2 auto',
      'found',
      'found',
      'found',
    ]);
    expect(soFar).toEqual([4, 5]);
  });

  test('runs get their data from one place, also those of different kinds and those that are resumed', async () => {
    const runs = [
      fresh({ strategy: 'er', seed: 1 }),
      fresh({ strategy: 'lfd', seed: 1 }),
      stopped({ strategy: 'lfd', seed: 2 }),
    ];
    await executeRuns(runs, quiet);
    const data = new Map(vi.mocked(executeRun).mock.calls.map(([run, context]) => [run, context.data]));
    const [first, second, third] = runs.map((run) => data.get(run as MissingRun));
    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  test('on a GPU mixed runs train a kind after the other, too', async () => {
    machineHas('cuda:0', 'autograd');
    const runs = (['er', 'lfd'] as const).flatMap((strategy) =>
      [1, 2].map((seed) => fresh({ strategy, seed, device: 'cuda' })),
    );
    const begun: [number, number][] = [];
    await executeRuns(runs, {
      ...quiet,
      atOnce: 4,
      mixed: true,
      onBegin: (missing, atOnce) => begun.push([missing.length, atOnce]),
    });
    expect(begun).toEqual([
      [2, 4],
      [2, 4],
    ]);
    expect(most).toBe(2);
  });

  test('on a GPU those that are alike train as one group, which ends with them', async () => {
    machineHas('cuda:0', 'fused');
    const group = { leave: vi.fn(), dispose: vi.fn() };
    vi.mocked(createTrainingGroup).mockResolvedValue(group as unknown as TrainingGroup);
    const runs = [1, 2, 3].map((seed) => fresh({ strategy: 'er', seed, device: 'cuda' }));
    await executeRuns([...runs, stopped({ strategy: 'er', seed: 4, device: 'cuda' })], {
      ...quiet,
      atOnce: 2,
    });
    expect(vi.mocked(createTrainingGroup).mock.calls).toEqual([[{ places: 2, keepPlaces: true }]]);
    const groups = vi.mocked(executeRun).mock.calls.map(([, { trainingGroup }]) => trainingGroup);
    expect(groups).toEqual([undefined, group, group, group]);
    expect(order[0]).toContain('stopped');
    expect(group.leave).toHaveBeenCalledTimes(2);
    expect(group.dispose).toHaveBeenCalledTimes(1);
  });

  test('the first failure ends it, and is what it rejects with', async () => {
    vi.mocked(executeRun).mockImplementation(async (run) => {
      order.push(nameOf(run));
      throw new RangeError('a full disk');
    });
    const runs = (['er', 'lfd'] as const).map((strategy) => fresh({ strategy }));
    await expect(executeRuns(runs, quiet)).rejects.toThrow('a full disk');
    expect(order).toHaveLength(1);
  });
});
