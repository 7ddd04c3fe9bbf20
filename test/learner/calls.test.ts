import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ContinualLearner } from '../../lib/learner/learner.js';
import type { LearnOptions } from '../../lib/learner/types.js';
import type { StrategyDefinition } from '../../lib/training/definition.js';
import { baseline, memory, negative, slice, small, task, weights } from '../support/learner.js';
import { troublesOf } from '../support/troubles.js';

const never = (): Promise<never> => new Promise(() => {});

/** A learner with a strategy whose hook does this. */
function withHook(afterTask: () => Promise<void>): Promise<ContinualLearner> {
  const strategy: StrategyDefinition<Record<never, never>> = {
    name: 'mine',
    create: (config) => ({ beforeTask: ({ session }) => session.createOptimizer(config), afterTask }),
  };
  return ContinualLearner.create({ strategy, ...small });
}

describe('a call that is made inside another one', () => {
  const asks: [string, (learner: ContinualLearner) => Promise<unknown>][] = [
    ['learn', (learner) => learner.learn(task(6))],
    ['predict', (learner) => learner.predict(task(6))],
    ['evaluate', (learner) => learner.evaluate(task(6))],
    ['save', (learner) => learner.save('/nowhere/at/all')],
    ['memory', (learner) => learner.memory()],
    ['parameters', (learner) => learner.parameters()],
    ['the end of its scope', (learner) => learner[Symbol.asyncDispose]()],
  ];
  test.each(asks)('%s in the task’s source is refused instead of hanging', async (_, ask) => {
    await using learner = await baseline();
    const before = await weights(learner);
    const source = async function* () {
      yield task(6);
      await ask(learner);
      yield task(6);
    };
    const refused = { code: 'NESTED_CALL', message: expect.stringContaining('snapshot()') };
    await expect(learner.learn(source())).rejects.toMatchObject(refused);
    await expect(learner.evaluate(source())).rejects.toMatchObject(refused);
    expect(await weights(learner)).toEqual(before);
  });

  test('in onEvent that is waited for, and in a strategy’s hook, too', async () => {
    await using learner = await baseline();
    const onEvent = async (): Promise<void> => {
      await delay(1);
      await learner.predict(task(6));
    };
    await expect(learner.learn(task(), { onEvent })).rejects.toMatchObject({ code: 'NESTED_CALL' });
    await using own: ContinualLearner = await withHook(async () => {
      await own.predict(task(6));
    });
    await expect(own.learn(task())).rejects.toMatchObject({ code: 'NESTED_CALL' });
    expect([learner.tasks, own.tasks]).toEqual([0, 0]);
  });

  test('is made afterwards when nobody waits for it in there', async () => {
    await using learner = await baseline();
    const asked: Promise<unknown>[] = [];
    await learner.learn(task(), {
      epochs: 1,
      onEvent: () => {
        asked.push(learner.predict(task(6)));
      },
    });
    expect(asked.length).toBeGreaterThan(0);
    for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ classes: 3 });
  });

  test('of a snapshot is answered', async () => {
    await using learner = await baseline();
    await using snapshot = await learner.snapshot();
    const source = async function* () {
      yield task(6);
      expect((await snapshot.predict(task(6))).labels).toHaveLength(6);
      await using another = await learner.snapshot();
      expect(another.tasks).toBe(0);
    };
    expect((await learner.learn(source())).rows).toBe(6);
  });
});

describe('dispose', () => {
  test('settles every call that runs or waits, though the source or a hook hangs for ever', async () => {
    const source = async function* () {
      yield task(6);
      await never();
    };
    for (const [learner, examples] of [
      [await baseline(), source()],
      [await withHook(never), task(6)],
    ] as const) {
      const events: string[] = [];
      const calls = [
        learner.learn(examples, { onEvent: ({ type }) => events.push(type) }),
        learner.predict(task(6)),
        learner.evaluate(source()),
        learner.save('/nowhere/at/all'),
      ];
      await delay(50);
      learner.dispose();
      for (const call of calls)
        await expect(call).rejects.toMatchObject({
          code: 'DISPOSED',
          message: 'The learner was disposed. Make a new one.',
        });
      await expect(learner.predict(task(6))).rejects.toMatchObject({ code: 'DISPOSED' });
    }
  });

  test('by `using` ends what runs; `await using` waits for it', async () => {
    let ended: Promise<unknown> = Promise.resolve();
    {
      using learner = await baseline();
      ended = learner.learn(task(1200), { epochs: 10_000 });
      ended.catch(() => {});
    }
    await expect(ended).rejects.toMatchObject({ code: 'DISPOSED' });
    const returned = async () => {
      await using learner = await baseline();
      void learner.learn(task(), { epochs: 2 });
      return learner.evaluate(task());
    };
    expect((await returned()).rows).toBe(120);
  });
});

describe('a signal', () => {
  test('that has fired makes no learner', async () => {
    await using learner = await baseline();
    const folder = await mkdtemp(join(tmpdir(), 'cl-torch-calls-'));
    const path = join(folder, 'saved');
    await learner.save(path);
    const fired = { signal: AbortSignal.abort() };
    for (const call of [
      () => ContinualLearner.create({ strategy: 'baseline', ...small }, fired),
      () => ContinualLearner.load(path, fired),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'ABORTED' });
    await rm(folder, { recursive: true });
  });

  test('that many calls share draws no warning', async () => {
    await using learner = await baseline();
    await using snapshot = await learner.snapshot();
    const { signal } = new AbortController();
    const ask = () => [
      learner.predict(task(6), { signal }),
      learner.evaluate(task(6), { signal }),
      snapshot.predict(task(6), { signal }),
      learner.learn(task(6), { signal }),
    ];
    const found = await troublesOf(() => Promise.all(Array.from({ length: 10 }, ask).flat()));
    expect(found).toEqual([]);
  });
});

describe('an asynchronous onEvent', () => {
  test('that rejects ends the call with its error; the learner is as it was, the process goes on', async () => {
    await using learner = await baseline();
    const before = await weights(learner);
    const failing: LearnOptions = {
      epochs: 10_000,
      onEvent: async () => {
        await delay(1);
        throw new RangeError('mine');
      },
    };
    const found = await troublesOf(async () => {
      await expect(learner.learn(task(), failing)).rejects.toThrow(new RangeError('mine'));
      await expect(learner.learn(task(), { ...failing, epochs: 1 })).rejects.toThrow(new RangeError('mine'));
    });
    expect(found).toEqual([]);
    expect(await weights(learner)).toEqual(before);
  });

  test('is waited for', async () => {
    await using learner = await baseline();
    const done: string[] = [];
    const onEvent = async ({ type }: { type: string }): Promise<void> => {
      await delay(5);
      done.push(type);
    };
    await learner.learn(task(), { epochs: 3, onEvent });
    expect(done).toEqual(['epoch', 'epoch', 'epoch']);
  });
});

describe('what onEvent returns', () => {
  test('is asked once, as a query of a database that works each time it is', async () => {
    await using learner = await baseline();
    let queries = 0;
    const onEvent = ({ type }: { type: string }) =>
      type === 'epoch' && {
        // biome-ignore lint/suspicious/noThenProperty: such objects are what is tried
        then(resolve: () => void) {
          queries += 1;
          resolve();
        },
      };
    await learner.learn(task(), { epochs: 3, onEvent });
    expect(queries).toBe(3);
  });

  test('is waited for where it is a function that can be awaited', async () => {
    await using learner = await baseline();
    let done = 0;
    const onEvent = () =>
      Object.assign(() => {}, {
        // biome-ignore lint/suspicious/noThenProperty: as above
        then(resolve: () => void) {
          setTimeout(() => {
            done += 1;
            resolve();
          }, 20);
        },
      });
    await learner.learn(task(6), { epochs: 1, onEvent });
    expect(done).toBeGreaterThan(0);
  });
});

test('labels that a source refills teach what fresh ones teach', async () => {
  const learnt = async (labelsOf: (label: number) => Uint8Array): Promise<unknown> => {
    await using learner = await ContinualLearner.create({
      strategy: 'er',
      ...small,
      ...memory,
      memorySize: 1,
      memoryPer: 'class',
    });
    const pieces = function* () {
      for (const label of [0, 4, 1])
        yield { ...slice(negative(task()), 3 * label, 3 * label + 3), labels: labelsOf(label) };
    };
    const { classes } = await learner.learn(pieces());
    return [classes, await learner.memory(), await weights(learner)];
  };
  const buffer = new Uint8Array(3);
  const fresh = await learnt((label) => new Uint8Array(3).fill(label));
  expect(await learnt((label) => buffer.fill(label))).toEqual(fresh);
  expect(fresh).toMatchObject([5, [{ labels: Int32Array.of(0, 4, 1) }], expect.anything()]);
});
