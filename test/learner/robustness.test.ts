import { describe, expect, test } from 'vitest';
import { ContinualLearner } from '../../lib/learner/learner.js';
import {
  baseline,
  features,
  negative,
  refusal,
  rehearsing,
  small,
  task,
  weights,
} from '../support/learner.js';

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
