import { describe, expect, test } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { ContinualLearner } from '../../lib/learner/learner.js';
import type { Task } from '../../lib/learner/task-data.js';
import { baseline, features, negative, rehearsing, slice, small, task, weights } from '../support/learner.js';

async function refusal(call: () => Promise<unknown>): Promise<ClTorchError> {
  const error: unknown = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ClTorchError);
  return error as ClTorchError;
}

const { inputs, labels } = task(4);
const withValue = (value: number): Float32Array => {
  const numbers = new Float32Array(4 * features);
  numbers[2 * features + 5] = value;
  return numbers;
};

function givenAway(): Uint8Array {
  const bytes = new Uint8Array(inputs);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

describe('refused before any work', () => {
  test.each([
    ['no object', 7, 'A task is an object, found 7'],
    ['plain arrays', { inputs: [1, 2], labels }, 'must be a Uint8Array or a Float32Array, found Array'],
    ['what only looks like an array', { inputs: new Proxy(inputs, {}), labels }, 'a Proxy of Uint8Array'],
    ['an array that was given away', { inputs: givenAway(), labels }, 'its memory was transferred'],
    ['no whole rows', { inputs: inputs.slice(1), labels }, 'no whole number of examples of 12'],
    ['no rows', { inputs: new Uint8Array(), labels: [] }, 'there must be at least one example'],
    ['no pieces', [], 'The task is empty'],
    ['a wrong shape', { inputs, labels, shape: [4, 13] }, 'shape is [4, 13], which does not fit'],
    ['a shape of other rows', { inputs, labels, shape: [3, 12] }, 'shape is [3, 12]'],
    ['a flat shape', { inputs, labels, shape: [48] }, 'shape is [48]'],
    ['NaN', { inputs: withValue(Number.NaN), labels }, 'NaN in row 2, column 5'],
    ['infinity', { inputs: withValue(-Infinity), labels }, '-Infinity in row 2, column 5'],
    ['fewer labels', { inputs, labels: [0, 1, 2] }, 'There are 4 examples and 3 labels'],
    ['fewer examples', { inputs, labels: [0, 1, 2, 0, 1] }, 'There are 4 examples and 5 labels'],
    ['no labels', { inputs }, 'labels must be an array of whole numbers, found undefined'],
    ['a label below 0', { inputs, labels: [0, -1, 2, 0] }, 'labels[1] is -1'],
    [
      'a label too high',
      { inputs, labels: [0, 1, 65_536, 0] },
      'labels[2] is 65536; a label is a whole number',
    ],
    ['a label between', { inputs, labels: [0, 1, 2, 0.5] }, 'labels[3] is 0.5'],
    ['no label', { inputs, labels: [0, Number.NaN, 2, 0] }, 'labels[1] is NaN'],
    ['text', { inputs, labels: ['a', 'b', 'c', 'd'] }, "labels[0] is 'a'"],
    ['a wrong second piece', [task(4), { inputs, labels: [9, 9, 9] }], 'There are 4 examples and 3 labels'],
    ['pieces of two kinds', [task(4), { inputs: withValue(0), labels }], 'float32'],
  ])('%s', async (_, data, text) => {
    await using learner = await baseline();
    const before = await weights(learner);
    const error = await refusal(() => learner.learn(data as never));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toContain(text);
    expect(await weights(learner)).toEqual(before);
    expect(learner.tasks).toBe(0);
    await learner.learn(task(4)); // and goes on
  });

  test('a number of epochs that is none', async () => {
    await using learner = await baseline();
    for (const epochs of [0, 1.5, Number.NaN, 10_001])
      expect((await refusal(() => learner.learn(task(4), { epochs }))).message).toContain(
        `epochs is ${epochs}`,
      );
  });

  test('a class that no task has had, in a measurement', async () => {
    await using learner = await baseline();
    const error = await refusal(() => learner.evaluate(task(4, 3, 1)));
    expect(error.message).toContain('labels[2] is 3, but the learner knows 3 classes');
  });

  test.each([
    [
      { ...small, strategy: 'baseline', inputs: 0 },
      'inputs: expected an integer from 1 to 1048576, or the three sizes [channels, height, width] with at most as many numbers, found 0',
    ],
    [{ ...small, strategy: 'baseline', classes: undefined }, 'classes: expected an integer'],
    [{ ...small, strategy: 'none' }, 'strategy: expected one of'],
    [{ ...small, strategy: 'baseline', hiden: [3] }, 'did you mean "hidden"?'],
    [{ ...small, strategy: 'baseline', memorySize: 3 }, '"memorySize": an option of'],
    [{ ...small, strategy: 'er', memorySize: 0 }, 'rehearsal needs a memory'],
    [
      { ...small, strategy: 'baseline', inputs: 1_000_000, hidden: [65_536] },
      'make neighbouring layers narrower',
    ],
  ])('the configuration %o', async (input, text) => {
    const error = await refusal(() => ContinualLearner.create(input as never));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(text);
    expect(error.message).not.toContain('--'); // a library's user has no flags
  });
});

describe('a call that does not end well leaves the learner as it was', () => {
  const failing: [string, (learner: ContinualLearner) => Promise<unknown>, string | undefined][] = [
    [
      'aborted while it trains',
      (learner) => {
        const stop = new AbortController();
        const onEvent = ({ type }: { type: string }): void => {
          if (type === 'epoch') stop.abort();
        };
        return learner.learn(negative(task(120, 5)), { epochs: 1000, signal: stop.signal, onEvent });
      },
      'ABORTED',
    ],
    [
      'whose onEvent throws',
      (learner) =>
        learner.learn(negative(task(120, 5)), {
          onEvent: () => {
            throw new RangeError('mine');
          },
        }),
      undefined,
    ],
    [
      'whose source throws',
      (learner) =>
        learner.learn(
          (async function* () {
            yield task(4, 5);
            throw new RangeError('mine');
          })(),
        ),
      undefined,
    ],
    [
      'aborted while it waits for data that never come',
      (learner) => {
        const stop = new AbortController();
        setTimeout(() => stop.abort(), 20);
        return learner.learn(
          (async function* () {
            yield task(4, 5);
            await new Promise(() => {});
          })(),
          { signal: stop.signal },
        );
      },
      'ABORTED',
    ],
  ];

  test.each(failing)('%s', async (_, fail, code) => {
    const learnt = async (fails: boolean): Promise<unknown> => {
      await using learner = await rehearsing();
      await learner.learn(task());
      if (fails) {
        const error: unknown = await fail(learner).catch((thrown: unknown) => thrown);
        if (code === undefined) expect(error).toEqual(new RangeError('mine'));
        else expect(error).toMatchObject({ code });
        expect([learner.tasks, learner.classes]).toEqual([1, 3]);
      }
      await learner.learn(negative(task())); // random streams and memory included: the same follows
      return [await weights(learner), await learner.memory()];
    };
    expect(await learnt(true)).toEqual(await learnt(false));
  });
});

describe('calls', () => {
  test('run in the order in which they were made', async () => {
    await using learner = await baseline();
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    const [, before, , after] = await Promise.all([
      learner.learn(task(), { epochs: 20 }).finally(note('learn')),
      learner.evaluate(task()).finally(note('evaluate')),
      learner.learn(negative(task()), { epochs: 20 }).finally(note('learn again')),
      learner.evaluate(task()).finally(note('evaluate again')),
    ]);
    expect(order).toEqual(['learn', 'evaluate', 'learn again', 'evaluate again']);
    expect(before.accuracy).toBeGreaterThan(after.accuracy);
  });

  test('that wait are ended by their own signal at once, and by no other', async () => {
    await using learner = await baseline();
    const first = new AbortController();
    const second = new AbortController();
    const running = learner.learn(task(1200), { epochs: 10_000, signal: first.signal });
    const waiting = learner.predict(task(), { signal: second.signal });
    const patient = learner.predict(task());
    second.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    first.abort();
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    expect((await patient).labels).toHaveLength(120);
  });

  test('of a disposed learner reject; what runs is ended', async () => {
    const learner = await baseline();
    const running = learner.learn(task(1200), { epochs: 10_000, onEvent: () => learner.dispose() });
    await expect(running).rejects.toMatchObject({ code: expect.stringMatching(/ABORTED|DISPOSED/) });
    learner.dispose();
    for (const call of [
      () => learner.learn(task()),
      () => learner.predict(task()),
      () => learner.evaluate(task()),
      () => learner.memory(),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'DISPOSED' });
    }
  });
});

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
