import { describe, expect, test } from 'vitest';
import type { RunEvent, RunResult } from '../../lib/runs/types.js';
import { lanesFor, type StartRun, sideBySide } from '../../lib/sweep/side-by-side.js';

describe('lanes', () => {
  test.each([
    ['one run takes every core', 1, 4, { atOnce: 1, threads: 4 }],
    ['as many runs as cores: a thread each', 2, 2, { atOnce: 2, threads: 1 }],
    ['twice as many: two rounds of the same', 4, 2, { atOnce: 2, threads: 1 }],
    ['a run left over would leave a core idle', 3, 2, { atOnce: 1, threads: 2 }],
    ['fewer runs than cores: an equal share each', 5, 16, { atOnce: 5, threads: 3 }],
    ['one core', 8, 1, { atOnce: 1, threads: 1 }],
  ])('%s', (_, runs, cores, expected) => {
    expect(lanesFor(runs, cores)).toEqual(expected);
  });
});

const started = (task: number): RunEvent => ({ type: 'task-start', task, tasks: 9 });
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
  readonly starts: StartRun[];

  constructor(count: number) {
    this.starts = Array.from({ length: count }, (_, index) => async ({ signal, onEvent }) => {
      this.begun.push(index);
      const gate = deferred();
      this.#gates[index] = gate;
      this.#listeners[index] = (event) => onEvent?.(event);
      signal?.addEventListener('abort', () => gate.reject(new Error(`ended ${index}`)));
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

describe('runs side by side', () => {
  test('at most so many at once, in order; the results so far keep the order of the runs', async () => {
    const runs = new Runs(4);
    const soFar: string[] = [];
    const all = sideBySide(runs.starts, 2, {}, async (results) => {
      soFar.push(results.map(({ strategy }) => strategy).join());
    });
    await settled();
    expect(runs.begun).toEqual([0, 1]);
    await runs.end(1);
    expect(runs.begun).toEqual([0, 1, 2]);
    await runs.end(0);
    await runs.end(3);
    await runs.end(2);
    expect((await all).map(({ strategy }) => strategy)).toEqual(['0', '1', '2', '3']);
    expect(soFar).toEqual(['1', '0,1', '0,1,3', '0,1,2,3']);
  });

  test('tell of themselves one after the other', async () => {
    const runs = new Runs(3);
    const heard: RunEvent[] = [];
    const all = sideBySide(runs.starts, 3, { onEvent: (event) => heard.push(event) }, async () => {});
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

  test('end together when one fails, and its error is the one thrown', async () => {
    const runs = new Runs(4);
    const all = sideBySide(runs.starts, 2, {}, async () => {});
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
    const outcome = sideBySide(runs.starts, 2, { onEvent }, async () => {}).catch((error: unknown) => error);
    await settled();
    runs.tell(1, started(1));
    await runs.end(0); // now the other's turn comes, and with it what it told
    expect(await outcome).toEqual(new Error('no room for the log'));
  });
});
