import { describe, expect, test } from 'vitest';
import type { DatasetOptions } from '../../binding.js';
import { Session } from '../../lib/session/session.js';
import { engine } from '../support/engine.js';
import { outputs } from '../support/float64-network.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';
import { flat } from '../support/vectors.js';

const features = 12;

async function open(classes: number = 3): Promise<Session> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  await session.createModel({ network: mlpOf([features, 8, classes]), seed: 4, engine });
  await session.createOptimizer(articleAdamW);
  return session;
}

async function viewOf(session: Session, data: DatasetOptions): Promise<{ dataset: number; view: number }> {
  const dataset = await session.loadDataset(data);
  return { dataset, view: await session.addView({ dataset, columns: identity(features) }) };
}

async function train(
  session: Session,
  view: number,
  epochs: number = 3,
  rehearsal: number = 0,
): Promise<number[]> {
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; ++epoch)
    losses.push(...(await session.trainEpoch({ views: [view], batchSize: 16, rehearsal })).losses);
  return losses;
}

function slice({ images, labels }: DatasetOptions, begin: number, end: number): DatasetOptions {
  return {
    images: images.slice(begin * features, end * features),
    labels: labels.slice(begin, end),
    features,
  };
}

describe('numbers', () => {
  test('train like the bytes whose values they are, bit for bit', async () => {
    const bytes = syntheticRows(100, features, 3);
    using one = await open();
    using other = await open();
    const numbers = { ...bytes, images: Float32Array.from(bytes.images, (byte) => byte / 255) };
    const expected = await train(one, (await viewOf(one, bytes)).view);
    expect(await train(other, (await viewOf(other, numbers)).view)).toEqual(expected);
  });

  test.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('must be finite: %d is named with its row and column', async (value, name) => {
    using session = await open();
    const images = new Float32Array(5 * features);
    images[3 * features + 7] = value;
    for (const call of [
      () => session.loadDataset({ images, labels: new Uint8Array(5), features }),
      () => session.predict({ images, features, output: 'logits' }),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`found ${name} in row 3, column 7`),
      });
    }
  });
});

describe('labels', () => {
  test('go up to 10,000 classes and more', async () => {
    const classes = 10_000;
    using session = await open(classes);
    const labels = Int32Array.from({ length: 64 }, (_, row) => classes - 1 - row);
    const { view } = await viewOf(session, { ...syntheticRows(64, features, 3), labels });
    const losses = await train(session, view);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect((await session.readRows({ view, rows: Int32Array.of(0, 63) })).labels).toEqual(
      Int32Array.of(9999, 9936),
    );
  });

  test('below 0 are refused with their row', async () => {
    using session = await open();
    const labels = Int32Array.of(0, 1, -1);
    await expect(
      session.loadDataset({ images: new Uint8Array(3 * features), labels, features }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('found -1 in row 2'),
    });
  });
});

describe('a data set', () => {
  test('that came in pieces is the whole one, bit for bit', async () => {
    const whole = syntheticRows(100, features, 3);
    using one = await open();
    using other = await open();
    const expected = await train(one, (await viewOf(one, whole)).view);
    const { dataset, view } = await viewOf(other, slice(whole, 0, 7));
    for (const [begin, end] of [
      [7, 8],
      [8, 60],
      [60, 100],
    ] as const) {
      await other.appendDataset({ ...slice(whole, begin, end), dataset });
    }
    expect(await train(other, view)).toEqual(expected);
  });

  test('takes no rows of another kind', async () => {
    using session = await open();
    const { dataset } = await viewOf(session, syntheticRows(4, features, 3));
    const numbers = { images: new Float32Array(features), labels: new Uint8Array(1), features };
    await expect(session.appendDataset({ ...numbers, dataset })).rejects.toThrow(
      /12 bytes a row.*12 float32/,
    );
    await expect(session.appendDataset({ ...syntheticRows(1, 6, 2), dataset })).rejects.toThrow(
      /6 bytes a row/,
    );
  });

  test('that is dropped is gone, with its views and its memory', async () => {
    using session = await open();
    const rows = 6_000_000;
    const data = { images: new Uint8Array(rows * features), labels: new Uint8Array(rows), features };
    const before = process.memoryUsage.rss();
    const { dataset, view } = await viewOf(session, data);
    expect(process.memoryUsage.rss() - before).toBeGreaterThan(rows * features);
    await session.dropDataset(dataset);
    expect(process.memoryUsage.rss() - before).toBeLessThan((rows * features) / 2);
    await expect(session.trainEpoch({ views: [view], batchSize: 8 })).rejects.toThrow(/no view with the id/);
    await expect(session.dropDataset(dataset)).rejects.toThrow(/no data set with the id/);
  });

  test('leaves the memory its examples: rehearsal goes on, bit for bit', async () => {
    const [first, second] = [syntheticRows(100, features, 3), syntheticRows(80, features, 2)];
    const losses = async (drops: boolean): Promise<number[]> => {
      using session = await open();
      const old = await viewOf(session, first);
      await train(session, old.view, 1);
      await session.addMemory({ view: old.view, rows: Int32Array.of(3, 50, 99) });
      await session.addMemory({ view: old.view, rows: Int32Array.of(0, 4) });
      if (drops) await session.dropDataset(old.dataset);
      return await train(session, (await viewOf(session, second)).view, 3, 4);
    };
    expect(await losses(true)).toEqual(await losses(false));
  });

  test('shrinks to the rows that the memory holds, in the order they were added', async () => {
    using session = await open();
    const data = syntheticRows(100, features, 3);
    const { dataset, view } = await viewOf(session, data);
    await session.addMemory({ view, rows: Int32Array.of(50, 3) });
    await session.addMemory({ view, rows: Int32Array.of(99) });
    await session.dropDataset(dataset);
    const kept = await session.readRows({ view, rows: Int32Array.of(0, 1, 2) });
    const expected = [50, 3, 99].map((row) => slice(data, row, row + 1));
    expect(Array.from(kept.images)).toEqual(expected.flatMap(({ images }) => Array.from(images)));
    expect(Array.from(kept.labels)).toEqual(expected.flatMap(({ labels }) => Array.from(labels)));
    await expect(session.readRows({ view, rows: Int32Array.of(3) })).rejects.toThrow(/no row 3: it has 3/);
  });
});

describe('a prediction', () => {
  test('is the formula’s, for bytes and for numbers', async () => {
    using session = await open();
    const { images } = syntheticRows(2100, features, 3); // more than one pass
    const numbers = Float32Array.from(images, (byte) => byte / 255);
    const vector = flat(await session.parameters());
    const logits = await session.predict({ images, features, output: 'logits' });
    const probabilities = await session.predict({ images: numbers, features, output: 'probabilities' });
    expect(logits).toHaveLength(2100 * 3);
    for (const row of [0, 1, 2047, 2048, 2099]) {
      const inputs = Array.from(numbers.subarray(row * features, (row + 1) * features));
      const expected = outputs([features, 8, 3], vector, inputs);
      const total = expected.reduce((sum, value) => sum + Math.exp(value), 0);
      for (const [k, value] of expected.entries()) {
        expect(logits[row * 3 + k]).toBeCloseTo(value, 5);
        expect(probabilities[row * 3 + k]).toBeCloseTo(Math.exp(value) / total, 5);
      }
    }
  });

  test('disturbs no training', async () => {
    const data = syntheticRows(64, features, 3);
    const losses = async (predicts: boolean): Promise<number[]> => {
      using session = await open();
      const { view } = await viewOf(session, data);
      const first = await train(session, view, 1);
      if (predicts) await session.predict({ images: data.images, features, output: 'probabilities' });
      return [...first, ...(await train(session, view, 1))];
    };
    expect(await losses(true)).toEqual(await losses(false));
  });

  test('needs inputs as wide as the network', async () => {
    using session = await open();
    const images = new Uint8Array(10);
    await expect(session.predict({ images, features: 5, output: 'logits' })).rejects.toThrow(
      /has 5 features/,
    );
    await expect(session.predict({ images, features, output: 'logits' })).rejects.toThrow(/at least one row/);
  });
});
