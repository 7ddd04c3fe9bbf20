import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { executeRun } from '../../lib/runs/run.js';
import type { StoppedRun } from '../../lib/runs/run-plan.js';
import { SharedData } from '../../lib/runs/shared-data.js';
import type { RunEvent, RunResult } from '../../lib/runs/types.js';
import { executeSideBySide, type SideBySide } from '../../lib/sweep/parallel.js';
import { start } from '../../lib/sweep/start.js';
import { troublesOf } from '../support/troubles.js';

vi.mock('../../lib/runs/run.js', () => ({ executeRun: vi.fn() }));

const started = (task: number): RunEvent => ({ type: 'task-start', task, tasks: 9, epochs: 5 });
const progress = (task: number): RunEvent => ({
  type: 'progress',
  task,
  epoch: 0,
  step: 1,
  steps: 2,
  loss: 1,
  samplesPerSecond: 1,
  secondsLeft: 1,
});

/** Runs that end when they are told to; each tells what it is given to tell. */
class Runs {
  readonly begun: number[] = [];
  readonly ended: number[] = [];
  readonly #gates: Deferred[] = [];
  readonly #listeners: ((event: RunEvent) => void)[] = [];
  readonly plans: StoppedRun[];

  constructor(count: number) {
    this.plans = Array.from({ length: count }, (_, index) => ({ state: 'stopped', folder: String(index) }));
    vi.mocked(executeRun).mockImplementation(async (run, { signal, emit }) => {
      const index = this.plans.indexOf(run as StoppedRun);
      this.begun.push(index);
      const gate = deferred();
      this.#gates[index] = gate;
      this.#listeners[index] = emit;
      signal.addEventListener('abort', () => gate.reject(new Error(`ended ${index}`)));
      await gate.promise.finally(() => this.ended.push(index));
      return { strategy: String(index) } as RunResult;
    });
  }

  tell(index: number, event: RunEvent): void {
    this.#listeners[index]?.(event);
  }

  async end(index: number, error?: Error): Promise<void> {
    if (error) this.#gates[index]?.reject(error);
    else this.#gates[index]?.resolve();
    await settled();
  }
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function deferred(): Deferred {
  let resolve = (): void => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const quiet: Omit<SideBySide, 'atOnce'> = {
  signal: new AbortController().signal,
  emit: () => {},
  data: new SharedData([], undefined),
  onEnd: async () => {},
};

describe('runs side by side', () => {
  test('at most so many at once, in order; each is told of when it is over', async () => {
    const runs = new Runs(4);
    const over: string[] = [];
    const all = executeSideBySide(runs.plans, {
      ...quiet,
      atOnce: 2,
      async onEnd(index, { strategy }) {
        over.push(`${index}: ${strategy}`);
      },
    });
    await settled();
    expect(runs.begun).toEqual([0, 1]);
    await runs.end(1);
    expect(runs.begun).toEqual([0, 1, 2]);
    await runs.end(0);
    await runs.end(3);
    await runs.end(2);
    await all;
    expect(over).toEqual(['1: 1', '0: 0', '3: 3', '2: 2']);
  });

  test('tell of themselves one after the other', async () => {
    const runs = new Runs(3);
    const heard: RunEvent[] = [];
    const emit = (event: RunEvent): void => void heard.push(event);
    const all = executeSideBySide(runs.plans, { ...quiet, atOnce: 3, emit });
    await settled();
    runs.tell(1, started(1));
    runs.tell(1, progress(1)); // of no use later
    runs.tell(0, started(0));
    runs.tell(0, progress(0));
    expect(heard).toEqual([started(0), progress(0)]);
    runs.tell(2, started(2));
    await runs.end(2);
    expect(heard).toHaveLength(2);
    await runs.end(0);
    expect(heard.slice(2)).toEqual([started(1)]);
    runs.tell(1, progress(1));
    await runs.end(1);
    expect(heard.slice(3)).toEqual([progress(1), started(2)]);
    await all;
  });

  test('are watched as they go, whosever turn it is', async () => {
    const runs = new Runs(2);
    const seen: [number, RunEvent][] = [];
    const all = executeSideBySide(runs.plans, {
      ...quiet,
      atOnce: 2,
      watch: (index, event) => seen.push([index, event]),
    });
    await settled();
    runs.tell(1, progress(1));
    runs.tell(0, started(0));
    expect(seen).toEqual([
      [1, progress(1)],
      [0, started(0)],
    ]);
    await runs.end(0);
    await runs.end(1);
    await all;
  });

  test('tell what is over when one before them fails, and not what was broken off', async () => {
    const runs = new Runs(3);
    const heard: RunEvent[] = [];
    const emit = (event: RunEvent): void => void heard.push(event);
    const all = executeSideBySide(runs.plans, { ...quiet, atOnce: 3, emit }).catch(() => {});
    await settled();
    for (const index of [1, 2]) runs.tell(index, started(index));
    await runs.end(2);
    expect(heard).toEqual([]);
    await runs.end(0, new Error('a full disk'));
    await all;
    expect(heard).toEqual([started(2)]);
  });

  test('end together when one fails, and its error is the one thrown', async () => {
    const runs = new Runs(4);
    const all = executeSideBySide(runs.plans, { ...quiet, atOnce: 2 });
    const outcome = all.catch((error: unknown) => error);
    await settled();
    await runs.end(1, new Error('a full disk'));
    expect(await outcome).toEqual(new Error('a full disk'));
    expect(runs.begun).toEqual([0, 1]);
    expect(runs.ended.sort()).toEqual([0, 1]);
  });

  test('end when the listener throws', async () => {
    const runs = new Runs(2);
    const onEvent = (): void => {
      throw new Error('no room for the log');
    };
    const outcome = start({ onEvent }, (control) =>
      executeSideBySide(runs.plans, { ...quiet, ...control, atOnce: 2 }),
    ).catch((error: unknown) => error);
    await settled();
    runs.tell(1, started(1));
    await runs.end(0); // now the other's turn comes, and with it what it told
    expect(await outcome).toEqual(new Error('no room for the log'));
  });

  test('end when an asynchronous listener rejects, also by an event that was kept for its turn', async () => {
    const told: RunEvent[] = [];
    const onEvent = async (given: RunEvent): Promise<void> => {
      told.push(given);
      if (told.length === 2) throw new RangeError('mine');
    };
    const runs = [5, 1].map((ms) => ({ state: 'stopped' as const, folder: String(ms) }));
    vi.mocked(executeRun).mockImplementation(async (run, { emit }) => {
      emit(started(0));
      await delay('folder' in run ? Number(run.folder) : 0);
      return {} as RunResult;
    });
    expect(
      await troublesOf(() =>
        expect(
          start({ onEvent }, (control) => executeSideBySide(runs, { ...quiet, ...control, atOnce: 2 })),
        ).rejects.toThrow(new RangeError('mine')),
      ),
    ).toEqual([]);
    expect(told).toHaveLength(2);
  });
});
