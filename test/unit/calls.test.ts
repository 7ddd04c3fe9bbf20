import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Calls, type RunningCall } from '../../lib/learner/calls.js';

const never = (): Promise<never> => new Promise(() => {});
const DISPOSED = { code: 'DISPOSED', message: expect.stringContaining('The learner was disposed') };
const NESTED = { code: 'NESTED_CALL' };

describe('calls', () => {
  test('in turn run one at a time, those beside at once', async () => {
    const calls = new Calls('learner');
    const order: string[] = [];
    const work = (name: string, ms: number) => async (): Promise<void> => {
      order.push(`${name} begins`);
      await delay(ms);
      order.push(`${name} ends`);
    };
    await Promise.all([calls.inTurn(work('a', 10)), calls.inTurn(work('b', 1)), calls.beside(work('c', 1))]);
    expect(order).toEqual(['c begins', 'a begins', 'c ends', 'a ends', 'b begins', 'b ends']);
  });

  test('that wait are ended by their own signal alone; the next one takes its turn', async () => {
    const calls = new Calls('learner');
    const stop = new AbortController();
    const first = calls.inTurn(() => delay(10));
    const second = calls.inTurn(never, stop.signal);
    const third = calls.inTurn(async () => 3);
    stop.abort();
    await expect(second).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await Promise.all([first, third])).toEqual([undefined, 3]);
  });

  test('all reject with DISPOSED at the end, those that hang and those that wait; so do later ones', async () => {
    const calls = new Calls('learner');
    const open = [calls.inTurn(never), calls.inTurn(never), calls.beside((call) => call.visit(never))];
    calls.end();
    calls.end();
    for (const call of open) await expect(call).rejects.toMatchObject(DISPOSED);
    await expect(calls.inTurn(async () => 1)).rejects.toMatchObject(DISPOSED);
  });

  test('that were made before a closing are waited for; later ones reject', async () => {
    const calls = new Calls('learner');
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const first = calls.inTurn(() => delay(10)).then(note('first'));
    const second = calls.inTurn(() => delay(1)).then(note('second'));
    const closed = calls.close().then(note('closed'));
    await expect(calls.inTurn(async () => 1)).rejects.toMatchObject({ code: 'DISPOSED' });
    await Promise.all([first, second, closed]);
    expect(order).toEqual(['first', 'second', 'closed']);
  });

  test('that hang do not keep a closing from ending when the object is disposed of', async () => {
    const calls = new Calls('learner');
    const hanging = calls.inTurn(never);
    const closed = calls.close();
    calls.end();
    await expect(hanging).rejects.toMatchObject(DISPOSED);
    await closed;
  });
});

describe('a call inside code that a call waits for', () => {
  /** A call that visits `work`. */
  const visiting = (calls: Calls, work: () => unknown): Promise<unknown> =>
    calls.inTurn(async (call: RunningCall) => call.visit(work));

  test('rejects with NESTED_CALL at once, before and after an await in there', async () => {
    const calls = new Calls('learner');
    const inner = calls.inTurn.bind(calls, async () => 1);
    await expect(visiting(calls, async () => inner())).rejects.toMatchObject(NESTED);
    const late = visiting(calls, async () => {
      await delay(2);
      return inner();
    });
    await expect(late).rejects.toMatchObject(NESTED);
    await expect(visiting(calls, async () => calls.close())).rejects.toMatchObject(NESTED);
    expect(await inner()).toBe(1);
  });

  test('is made afterwards where nobody waits for it', async () => {
    const calls = new Calls('learner');
    let inner: Promise<number> = Promise.resolve(0);
    await visiting(calls, () => {
      inner = calls.inTurn(async () => 1); // a callback that returns no promise
    });
    expect(await inner).toBe(1);
    let later: Promise<number> = Promise.resolve(0);
    await visiting(calls, () => {
      later = delay(2).then(() => calls.inTurn(async () => 2));
    });
    expect(await later).toBe(2);
  });

  test('is made once the code has returned, whatever still works in there', async () => {
    const calls = new Calls('learner');
    let detached: Promise<number> = Promise.resolve(0);
    await visiting(calls, async () => {
      detached = delay(5).then(() => calls.inTurn(async () => 1));
    });
    expect(await detached).toBe(1);
  });

  test('is made when that call has ended by its signal', async () => {
    const calls = new Calls('learner');
    const stop = new AbortController();
    let inner: Promise<number> = Promise.resolve(0);
    const outer = calls.beside(async (call) => {
      void call.visit(async () => {
        inner = delay(10).then(() => calls.inTurn(async () => 1));
        await never();
      });
      stop.abort();
      call.signal.throwIfAborted();
    }, stop.signal);
    await expect(outer).rejects.toThrow();
    expect(await inner).toBe(1);
  });

  test('of another object is made, and what that one waits for is known through it', async () => {
    const [first, second] = [new Calls('learner'), new Calls('learner')];
    expect(await visiting(first, () => second.inTurn(async () => 1))).toBe(1);
    const around = visiting(first, () => visiting(second, () => first.inTurn(async () => 1)));
    await expect(around).rejects.toMatchObject(NESTED);
  });
});
