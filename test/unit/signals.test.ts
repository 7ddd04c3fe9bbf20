import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Listener } from '../../lib/base/listener.js';
import { aborted, Ending, FollowingController, onAbort, orAborted } from '../../lib/base/signals.js';
import type { RunEvent, RunResult } from '../../lib/runs/types.js';
import { start } from '../../lib/sweep/start.js';
import { troublesOf } from '../support/troubles.js';

const event: RunEvent = { type: 'task-start', task: 0, tasks: 1, epochs: 5 };
const result = {} as RunResult;

describe('a signal that many calls share', () => {
  test('gets one listener, and tells each that still wants to know', async () => {
    const stop = new AbortController();
    const told: number[] = [];
    expect(
      await troublesOf(async () => {
        const releases = Array.from({ length: 50 }, (_, i) => onAbort(stop.signal, () => told.push(i)));
        for (const [i, release] of releases.entries()) if (i % 2 === 1) release();
        stop.abort();
        for (const release of releases) release();
      }),
    ).toEqual([]);
    expect(told).toEqual(Array.from({ length: 25 }, (_, i) => 2 * i));
  });

  test('draws no warning from fifty runs', async () => {
    const stop = new AbortController();
    const waiting = Array.from({ length: 50 }, () =>
      start({ signal: stop.signal }, ({ signal }) => orAborted(new Promise<never>(() => {}), signal)),
    );
    expect(
      await troublesOf(async () => {
        await delay(5);
        stop.abort('enough');
        for (const run of waiting) {
          await expect(run).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' });
        }
      }),
    ).toEqual([]);
  });

  test('that has fired already is told of at once', async () => {
    const signal = AbortSignal.abort('before');
    let calls = 0;
    onAbort(signal, () => ++calls)();
    expect(calls).toBe(1);
    await expect(orAborted(Promise.resolve(1), signal)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(new FollowingController(undefined, signal).signal.reason).toBe('before');
  });

  test('is not followed after the release', () => {
    const leader = new AbortController();
    const follower = new FollowingController(leader.signal);
    follower.release();
    leader.abort();
    expect(follower.signal.aborted).toBe(false);
  });

  test('may end calls with an error of its own', () => {
    const error = new RangeError('mine');
    expect(aborted(AbortSignal.abort(new Ending(error)))).toBe(error);
  });
});

describe('an asynchronous callback that rejects', () => {
  const late = async (): Promise<void> => {
    await delay(2);
    throw new RangeError('mine');
  };

  test('ends a run, which rejects with its error; the process hears nothing of it', async () => {
    expect(
      await troublesOf(async () => {
        const run = start({ onEvent: late }, async ({ signal, emit }) => {
          emit(event);
          return orAborted(new Promise<never>(() => {}), signal);
        });
        await expect(run).rejects.toThrow(new RangeError('mine'));
      }),
    ).toEqual([]);
  });

  test('ends a run that would have ended before', async () => {
    const run = start({ onEvent: late }, async ({ emit }) => {
      emit(event);
      return result;
    });
    await expect(run).rejects.toThrow(new RangeError('mine'));
  });

  test('is waited for when it works on, and gets no events after its failure', async () => {
    const order: string[] = [];
    const listener = new Listener<[string]>(
      async (word) => {
        await delay(5);
        order.push(word);
        if (word === 'b') throw new RangeError('mine');
      },
      () => order.push('failed'),
    );
    listener.tell('a');
    await listener.done();
    expect(order).toEqual(['a']);
    listener.tell('b');
    await expect(listener.done()).rejects.toThrow(new RangeError('mine'));
    expect(() => listener.tell('c')).toThrow(new RangeError('mine'));
    expect(order).toEqual(['a', 'b', 'failed']);
  });

  test('and hangs does not keep an aborted run from ending', async () => {
    const stop = new AbortController();
    const run = start({ signal: stop.signal, onEvent: () => new Promise(() => {}) }, async ({ emit }) => {
      emit(event);
      return result;
    });
    setTimeout(() => stop.abort(), 5);
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

test('a loop over events that is left is over when the run is: its folder is free then', async () => {
  let isOver = false;
  const run = start({}, async ({ signal, emit }) => {
    emit(event);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await delay(20);
    isOver = true;
    throw aborted(signal);
  });
  for await (const _ of run) break;
  expect(isOver).toBe(true);
});
