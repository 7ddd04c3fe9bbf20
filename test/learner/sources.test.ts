import { describe, expect, test } from 'vitest';
import type { Task } from '../../lib/learner/task-data.js';
import { baseline, refusal, slice, task } from '../support/learner.js';

const { inputs } = task(4);

/** A source with an iterator of one's own. */
const by = (pieces: unknown): Task => ({ [Symbol.asyncIterator]: () => pieces }) as unknown as Task;

describe('a source that is not what it should be', () => {
  const broken = { done: false, value: 5 };
  test.each<[string, unknown, string]>([
    ['whose iterator is none', by(undefined), 'gave no iterator, but undefined'],
    ['whose iterator has no next', by({}), 'gave no iterator, but {}'],
    ['whose next gives nothing', by({ next: () => undefined }), 'gave undefined, where its next()'],
    ['whose next gives nothing later', by({ next: async () => null }), 'gave null, where its next()'],
    ['that is no method', { [Symbol.iterator]: 5 }, 'Symbol(Symbol.iterator) must be a method; found 5'],
    [
      'that throws when it is left',
      by({
        next: () => broken,
        return: () => {
          throw new Error('left');
        },
      }),
      'A task is an object, found 5',
    ],
    ['whose return is no method', by({ next: () => broken, return: 5 }), 'A task is an object, found 5'],
    ['whose labels cannot be read', { inputs, labels: unreadable() }, 'labels cannot be read: no luck'],
  ])('is refused with this package’s errors: %s', async (_, source, text) => {
    await using learner = await baseline();
    for (const call of [() => learner.learn(source as Task), () => learner.evaluate(source as Task)])
      expect(await refusal(call)).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(text),
      });
    await learner.learn(task(4)); // and goes on
  });

  function unreadable(): ArrayLike<number> {
    return {
      length: 4,
      get 0(): number {
        throw new Error('no luck');
      },
    };
  }

  test('that throws when it is left tells no other story than the abortion', async () => {
    await using learner = await baseline();
    const source = by({
      next: async () => ({ done: false, value: slice(task(), 0, 1) }),
      return: () => {
        throw new Error('left');
      },
    });
    const asked = learner.learn(source, { signal: AbortSignal.timeout(20) });
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('pieces that are promises', () => {
  test('are learnt when they arrive', async () => {
    await using learner = await baseline();
    const arriving = [task(4), Promise.resolve(task(5))] as Task;
    expect((await learner.learn(arriving)).rows).toBe(9);
    const own = by([Promise.resolve(task(6))].values());
    expect((await learner.evaluate(own)).rows).toBe(6);
  });

  test('and never arrive do not keep an aborted call, nor those after it', async () => {
    await using learner = await baseline();
    const source = [task(4), new Promise(() => {})] as Task;
    for (const call of ['learn', 'evaluate'] as const)
      await expect(learner[call](source, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
        code: 'ABORTED',
      });
    expect((await learner.learn(task(4))).rows).toBe(4);
  });
});

test('the source of an aborted call is told to stop', async () => {
  await using learner = await baseline();
  const stop = new AbortController();
  let closed = false;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false as const, value: slice(task(), 0, 1) }),
      return: async () => {
        closed = true;
        return { done: true as const, value: undefined };
      },
    }),
  };
  setTimeout(() => stop.abort(), 20);
  await expect(learner.learn(source, { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  expect(closed).toBe(true);
});
