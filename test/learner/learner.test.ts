import { describe, expect, test } from 'vitest';
import { ContinualLearner } from '../../lib/learner/learner.js';
import type { StrategyDefinition } from '../../lib/training/definition.js';
import type { TrainingEvent } from '../../lib/training/events.js';
import { outputs } from '../support/float64-network.js';
import {
  baseline,
  features,
  memory,
  negative,
  rehearsing,
  slice,
  small,
  task,
  weights,
} from '../support/learner.js';

const strategies = {
  baseline: {},
  er: memory,
  lfd: { ...memory, rehearsal: 0 },
  'er+lfd': memory,
};

test('joint is refused: it needs examples that a learner does not keep', async () => {
  // @ts-expect-error
  const joint = ContinualLearner.create({ strategy: 'joint', ...small });
  await expect(joint).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('needs the examples of all earlier tasks'),
  });
});

describe.each(Object.entries(strategies))('%s', (strategy, options) => {
  test('learns tasks one after another from arrays, predicts and measures', async () => {
    const input = { strategy, ...small, ...options } as Parameters<typeof ContinualLearner.create>[0];
    await using learner = await ContinualLearner.create(input);
    const [first, second] = [task(), negative(task())];
    for (const [index, data] of [first, second].entries()) {
      const { task: number, rows, losses } = await learner.learn(data, { epochs: 30 });
      expect([number, rows, losses.length]).toEqual([index, 120, 30]);
      expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
      // The equilibrium point gives up some of a new task for the old one.
      expect((await learner.evaluate(data)).accuracy).toBeGreaterThan(index === 0 ? 90 : 50);
    }
    expect(learner.tasks).toBe(2);
    const { labels } = await learner.predict(second);
    const right = Array.from(labels).filter((label, row) => label === second.labels[row]).length;
    expect((100 * right) / 120).toBe((await learner.evaluate(second)).accuracy);
  });
});

test('rehearsal forgets less than nothing does', async () => {
  const remembered = async (learner: ContinualLearner): Promise<number> => {
    await using _ = learner;
    await learner.learn(task(), { epochs: 30 });
    await learner.learn(negative(task()), { epochs: 30 });
    return (await learner.evaluate(task())).accuracy;
  };
  expect(await remembered(await rehearsing())).toBeGreaterThan((await remembered(await baseline())) + 20);
});

test('a strategy of one’s own trains like the built-in one it repeats', async () => {
  const own: StrategyDefinition<Record<never, never>> = {
    name: 'mine',
    create: (config) => ({ beforeTask: ({ session }) => session.createOptimizer(config) }),
  };
  await using mine = await ContinualLearner.create({ strategy: own, ...small });
  await using builtIn = await baseline();
  for (const learner of [mine, builtIn]) await learner.learn(task());
  expect(mine.config.strategy).toBe('mine');
  expect(await weights(mine)).toEqual(await weights(builtIn));
});

describe('data', () => {
  const learnt = async (data: Parameters<ContinualLearner['learn']>[0]): Promise<number[][]> => {
    await using learner = await rehearsing();
    await learner.learn(task());
    await learner.learn(data);
    return await weights(learner);
  };

  test('that arrive in pieces teach what they teach at once, bit for bit', async () => {
    const whole = negative(task());
    const pieces = [slice(whole, 0, 1), slice(whole, 1, 50), slice(whole, 50, 120)];
    const expected = await learnt(whole);
    expect(await learnt(pieces)).toEqual(expected);
    expect(
      await learnt(
        (async function* () {
          for (const piece of pieces) {
            await new Promise((resolve) => setTimeout(resolve, 2));
            yield piece;
          }
        })(),
      ),
    ).toEqual(expected);
  });

  test('may be bytes or numbers, and labels any array of whole numbers', async () => {
    const { inputs, labels } = task();
    const expected = await learnt({ inputs, labels });
    const numbers = Float32Array.from(inputs, (byte) => byte / 255);
    expect(await learnt({ inputs: numbers, labels: Uint8Array.from(labels) })).toEqual(expected);
    expect(await learnt({ inputs: Buffer.from(inputs), labels: [...Array.from(labels)] })).toEqual(expected);
    expect(await learnt({ inputs, labels: Float64Array.from(labels), shape: [120, 3, 4] })).toEqual(expected);
  });
});

describe('one example and many classes', () => {
  test('a task of one example is learnt, with its memory', async () => {
    await using learner = await rehearsing();
    const one = slice(task(), 4, 5);
    await learner.learn(one);
    await learner.learn(negative(one));
    expect((await learner.memory()).map(({ labels }) => [...labels])).toEqual([[1], [1]]);
    expect((await learner.evaluate(one)).rows).toBe(1);
  });

  test('new classes make the last layer grow; old ones are still known', async () => {
    await using learner = await ContinualLearner.create({ strategy: 'er', ...small, ...memory });
    await learner.learn(task(), { epochs: 30 });
    const added = negative(task(120, 3, 3));
    expect((await learner.learn(added, { epochs: 30 })).classes).toBe(6);
    expect(learner.classes).toBe(6);
    const shapes = (await learner.parameters()).map(({ shape }) => shape);
    expect(shapes.at(-2)).toEqual([6, 16]);
    expect((await learner.evaluate(added)).accuracy).toBeGreaterThan(90);
    const both = [task(), added];
    expect((await learner.evaluate(both)).accuracy).toBeGreaterThan(70);
    expect((await learner.predict(added)).classes).toBe(6);
  });

  test('10,000 classes', async () => {
    await using learner = await baseline();
    const labels = Int32Array.from({ length: 50 }, (_, row) => 200 * row + 199);
    const { inputs } = task(50, 3);
    const { classes, losses } = await learner.learn({ inputs, labels }, { epochs: 3 });
    expect(classes).toBe(10_000);
    expect(losses.every(Number.isFinite)).toBe(true);
    const { probabilities } = await learner.predict({ inputs });
    expect(probabilities.subarray(0, 10_000).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
    expect((await learner.evaluate({ inputs, labels })).rows).toBe(50);
  });
});

describe('predictions and measurements', () => {
  test('are what the weights say, by the formula', async () => {
    await using learner = await baseline();
    const data = task();
    await learner.learn(data, { epochs: 2 });
    const vector = (await weights(learner)).flat();
    const scores = Array.from({ length: 120 }, (_, row) =>
      outputs(
        [features, 16, 3],
        vector,
        Array.from(data.inputs.subarray(row * features, (row + 1) * features), (byte) => byte / 255),
      ),
    );
    const probabilities = scores.map((row) => {
      const total = row.reduce((sum, score) => sum + Math.exp(score), 0);
      return row.map((score) => Math.exp(score) / total);
    });
    const prediction = await learner.predict(data);
    for (const [row, expected] of probabilities.entries()) {
      expect(prediction.labels[row]).toBe(expected.indexOf(Math.max(...expected)));
      for (const [k, p] of expected.entries())
        expect(prediction.probabilities[row * 3 + k]).toBeCloseTo(p, 5);
    }
    const { loss, rows, correct } = await learner.evaluate(data);
    const own = probabilities.map((row, index) => row[data.labels[index] ?? -1] ?? Number.NaN);
    expect(loss).toBeCloseTo(own.reduce((sum, p) => sum - Math.log(p), 0) / 120, 4);
    expect(rows).toBe(120);
    expect(correct).toBe(
      probabilities.filter((row, index) => row.indexOf(Math.max(...row)) === data.labels[index]).length,
    );
  });

  test('change nothing that is learnt afterwards', async () => {
    const learnt = async (asks: boolean): Promise<number[][]> => {
      await using learner = await rehearsing();
      await learner.learn(task());
      if (asks) {
        await learner.predict(task());
        await learner.evaluate([task(), negative(task())]);
        await learner.memory();
      }
      await learner.learn(negative(task()));
      return await weights(learner);
    };
    expect(await learnt(true)).toEqual(await learnt(false));
  });
});

test('the memory holds examples of the tasks as they were given', async () => {
  await using learner = await rehearsing();
  const tasks = [task(), negative(task())];
  for (const data of tasks) await learner.learn(data, { epochs: 1 });
  const parts = await learner.memory();
  expect(parts).toHaveLength(2);
  for (const [index, { inputs, labels }] of parts.entries()) {
    expect(labels).toHaveLength(20);
    const data = tasks[index] ?? task();
    const rows = new Set(
      Array.from({ length: 120 }, (_, row) =>
        [data.labels[row], ...data.inputs.subarray(row * features, (row + 1) * features)].join(),
      ),
    );
    for (const [row, label] of labels.entries())
      expect(rows).toContain([label, ...inputs.subarray(row * features, (row + 1) * features)].join());
  }
});

test('so many steps can be asked for, in place of epochs', async () => {
  await using learner = await ContinualLearner.create({ strategy: 'baseline', ...small, lastBatch: 'drop' });
  const steps: number[] = [];
  const onEvent = (event: TrainingEvent): void => {
    if (event.type === 'epoch') steps.push(event.stepLosses.length);
  };
  const data = task(2 * learner.config.batchSize + 1);
  await learner.learn(data, { iterations: 5, onEvent });
  expect(steps).toEqual([2, 2, 1]);
  await expect(learner.learn(data, { iterations: 5, epochs: 1 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  await expect(learner.learn(task(2))).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  expect(learner.tasks).toBe(1);
});

test('events tell of searches, steps and epochs', async () => {
  await using learner = await rehearsing();
  const events: TrainingEvent[] = [];
  for (const data of [task(), negative(task())])
    await learner.learn(data, { epochs: 2, onEvent: (event) => events.push(event) });
  const epochs = events.filter((event) => event.type === 'epoch');
  expect(epochs.map(({ task, epoch }) => [task, epoch])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  for (const { stepLosses, loss } of epochs)
    expect(stepLosses.reduce((sum, value) => sum + value, 0) / stepLosses.length).toBeCloseTo(loss, 6);
});
