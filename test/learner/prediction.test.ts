import { describe, expect, test } from 'vitest';
import { ContinualLearner } from '../../lib/learner/learner.js';
import { predict, requireClasses } from '../../lib/learner/prediction.js';
import { Session } from '../../lib/session/session.js';
import { features, small } from '../support/learner.js';
import { mlpOf } from '../support/network.js';

function examples(rows: number, classes: number) {
  return {
    inputs: Float32Array.from({ length: rows * features }, (_, i) => Math.sin(i * i)),
    labels: Int32Array.from({ length: rows }, (_, row) => (row * 7919) % classes),
  };
}

/** A network of one layer with these weights, `classes × 1`, and no bias. */
async function network(...weights: number[]): Promise<Session> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  await session.createModel({ network: mlpOf([1, weights.length]), seed: 1 });
  await session.setParameters([Float32Array.from(weights), new Float32Array(weights.length)]);
  return session;
}

const rows = (...images: number[]) => ({ images: Float32Array.from(images), features: 1 });

describe('the most probable class', () => {
  test('is the first of several equals', async () => {
    using session = await network(0, 2, 1, 2, 2);
    const { labels, probabilities } = await session.classify({ ...rows(1, -1, 0), probabilities: true });
    expect(Array.from(labels)).toEqual([1, 0, 0]);
    const uniform = Array.from({ length: 5 }, () => expect.closeTo(0.2, 6));
    expect(Array.from(probabilities ?? []).slice(10)).toEqual(uniform);
    expect((await session.classify({ ...rows(1), probabilities: false })).probabilities).toBeNull();
  });

  test('is none where the outputs are not all numbers: never class 0', async () => {
    using session = await network(3e38, -3e38, 0);
    // NaN, infinity, and numbers.
    const data = rows(3e38, 1e-38);
    await session.setParameters([Float32Array.of(3e38, -3e38, Number.NaN), new Float32Array(3)]);
    expect(Array.from((await session.classify({ ...data, probabilities: true })).labels)).toEqual([-1, -1]);
    await session.setParameters([Float32Array.of(3e38, -3e38, 0), new Float32Array(3)]);
    expect(Array.from((await session.classify({ ...data, probabilities: false })).labels)).toEqual([-1, 0]);
    const scores = await session.score({ ...data, labels: Int32Array.of(0, 0) });
    expect(scores).toEqual({ correct: 1, loss: Number.NaN });
    const asked = predict(
      { session, features: 1, classes: 3 },
      { inputs: data.images },
      { probabilities: true },
      {},
    );
    await expect(asked).rejects.toMatchObject({
      code: 'DIVERGED',
      message: expect.stringContaining('outputs for row 0'),
    });
    expect(() => requireClasses(Int32Array.of(1, -1), 7)).toThrow('row 8');
  });

  test('counts and loss are those of the outputs', async () => {
    using session = await network(0, 1, -1);
    const images = [0.5, -2, 3, 0];
    const labels = Int32Array.of(1, 0, 1, 2);
    const losses = images.map((x, row) => {
      const logits = [0, x, -x];
      return Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - (logits[labels[row] ?? 0] ?? 0);
    });
    const { correct, loss } = await session.score({ ...rows(...images), labels });
    expect(correct).toBe(2);
    expect(loss).toBeCloseTo(
      losses.reduce((sum, value) => sum + value, 0),
      5,
    );
    await expect(session.score({ ...rows(1), labels: Int32Array.of(3) })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('many classes', () => {
  const classes = 1000;
  const open = () => ContinualLearner.create({ strategy: 'baseline', ...small, hidden: [8], classes });

  test('take the event loop next to no time: not what choosing and adding up there would take', async () => {
    await using learner = await open();
    const data = examples(12_000, classes);
    const { probabilities } = await learner.predict(data);
    const started = performance.now();
    let [best, total] = [0, 0];
    for (const [i, p] of probabilities.entries()) {
      if (p > (probabilities[best] ?? 0)) best = i;
      total += Math.exp(p);
    }
    const onLoop = performance.now() - started;
    expect(total + best).toBeGreaterThan(0);
    for (const ask of [() => learner.predict(data, { probabilities: false }), () => learner.evaluate(data)]) {
      const before = performance.eventLoopUtilization();
      await ask();
      expect(performance.eventLoopUtilization(before).active).toBeLessThan(onLoop / 4);
    }
  });

  test('leave the event loop free: it turns between parts of the work', async () => {
    await using learner = await open();
    const data = examples(12_000, classes);
    for (const ask of [
      () => learner.predict(data),
      () => learner.predict(data, { probabilities: false }),
      () => learner.evaluate(data),
    ]) {
      let turns = 0;
      const count = (): void => {
        turns += 1;
        turning = setImmediate(count);
      };
      let turning = setImmediate(count);
      await ask();
      clearImmediate(turning);
      // 12 million outputs, 2 million at a time.
      expect(turns).toBeGreaterThanOrEqual(6);
    }
  });

  test('and the same whether probabilities are wanted or not, and in any number of rows', async () => {
    await using learner = await open();
    const data = examples(9000, classes);
    const whole = await learner.predict(data);
    expect(whole.labels).toHaveLength(9000);
    expect((await learner.predict(data, { probabilities: false })).labels).toEqual(whole.labels);
    const few = await learner.predict({ inputs: data.inputs.slice(8500 * features) });
    const near = Array.from(few.probabilities.slice(0, 50), (p) => expect.closeTo(p, 6));
    expect(Array.from(whole.probabilities.slice(8500 * classes, 8500 * classes + 50))).toEqual(near);
    const { correct } = await learner.evaluate(data);
    expect(correct).toBe(whole.labels.filter((label, row) => label === data.labels[row]).length);
  });

  test('an abort takes effect between parts of the work', async () => {
    await using learner = await open();
    const data = examples(60_000, classes);
    const stop = new AbortController();
    const asked = learner.predict(data, { signal: stop.signal, probabilities: false });
    setImmediate(() => stop.abort());
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED' });
    const late = examples(3, classes);
    expect((await learner.predict(late)).labels).toHaveLength(3);
  });

  test('NaN in a late row is refused by its number', async () => {
    await using learner = await open();
    const data = examples(9000, classes);
    data.inputs[8999 * features + 5] = Number.NaN;
    const refused = {
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('NaN in row 8999, column 5'),
    };
    await expect(learner.predict(data)).rejects.toMatchObject(refused);
    await expect(learner.evaluate(data)).rejects.toMatchObject(refused);
  });
});
