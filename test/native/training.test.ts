import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { NamedTensor } from '../../binding.js';
import { Session } from '../../lib/session/session.js';
import { engine } from '../support/engine.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, prepare, syntheticRows } from '../support/synthetic.js';

interface SmallMlp {
  images: number[];
  labels: number[];
  permutation: number[];
  initial: number[][];
  losses: number[];
  final: number[][];
}
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/small-mlp.json', import.meta.url), 'utf8'),
) as SmallMlp;

async function smallSession(): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device: 'cpu', threads: 1 });
  const dataset = await session.loadDataset({
    images: Uint8Array.from(fixture.images),
    labels: Uint8Array.from(fixture.labels),
    features: 6,
  });
  const view = await session.addView({ dataset, columns: Int32Array.from(fixture.permutation) });
  await session.createModel({ network: mlpOf([6, 5, 3]), seed: 7, engine });
  await session.createOptimizer({
    learningRate: 0.02,
    beta1: 0.8,
    beta2: 0.95,
    epsilon: 1e-6,
    weightDecay: 0.1,
  });
  return { session, view };
}

function largestDifference(tensors: readonly NamedTensor[], expected: readonly number[][]): number {
  expect(tensors.map(({ data }) => data.length)).toEqual(expected.map((values) => values.length));
  return Math.max(
    ...tensors.flatMap(({ data }, i) =>
      Array.from(data, (value, k) => Math.abs(value - (expected[i]?.[k] ?? Number.NaN))),
    ),
  );
}

describe('a small network against stock PyTorch', () => {
  test('starts from the very same parameters', async () => {
    const { session } = await smallSession();
    using _ = session;
    const tensors = await session.parameters();
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ['layers.0.weight', [5, 6]],
      ['layers.0.bias', [5]],
      ['layers.1.weight', [3, 5]],
      ['layers.1.bias', [3]],
    ]);
    expect(largestDifference(tensors, fixture.initial)).toBe(0);
  });

  // Summation order may differ between instruction sets by a rounding or two; the fixture is from AVX2.
  test('visits the rows in the same order and takes the same AdamW steps', async () => {
    const { session, view } = await smallSession();
    using _ = session;
    const losses: number[] = [];
    for (let epoch = 0; epoch < 3; ++epoch) {
      losses.push(...(await session.trainEpoch({ views: [view], batchSize: 4 })).losses);
    }
    expect(losses).toHaveLength(fixture.losses.length);
    for (const [step, loss] of losses.entries())
      expect(loss).toBeCloseTo(fixture.losses[step] ?? Number.NaN, 5);
    expect(largestDifference(await session.parameters(), fixture.final)).toBeLessThan(1e-5);
  });
});

describe('evaluation', () => {
  /** The same network in float64, by the formula. */
  function classify(tensors: readonly NamedTensor[], pixels: readonly number[]): number {
    let activations = pixels.map((pixel) => pixel / 255);
    for (let i = 0; i < tensors.length; i += 2) {
      const weight = tensors[i]?.data ?? new Float32Array();
      const bias = tensors[i + 1]?.data ?? new Float32Array();
      const input = i === 0 ? activations : activations.map((value) => Math.max(0, value));
      activations = Array.from(bias, (offset, unit) =>
        input.reduce(
          (sum, value, k) => sum + value * (weight[unit * input.length + k] ?? Number.NaN),
          offset,
        ),
      );
    }
    return activations.indexOf(Math.max(...activations));
  }

  test('counts what the formula classifies right, in batches of any size', async () => {
    const rows = 100;
    const features = 12;
    const data = syntheticRows(rows, features, 3);
    using session = await Session.open({ device: 'cpu', threads: 2 });
    const dataset = await session.loadDataset(data);
    const view = await session.addView({ dataset, columns: identity(features) });
    await session.createModel({ network: mlpOf([features, 9, 7, 3]), seed: 3, engine });
    const tensors = await session.parameters();
    let expected = 0;
    for (let row = 0; row < rows; ++row) {
      const pixels = Array.from(data.images.subarray(row * features, (row + 1) * features));
      if (classify(tensors, pixels) === data.labels[row]) ++expected;
    }
    for (const batchSize of [1, 7, 100, 1000]) {
      const { correct, total } = await session.evaluate({ views: [view, view], batchSize });
      expect([...correct]).toEqual([expected, expected]);
      expect([...total]).toEqual([rows, rows]);
    }
  });
});

describe('learning', () => {
  test('a learnable task is learnt, one batch of any size at a time', async () => {
    for (const batchSize of [64, 100, 512, 4096]) {
      using session = await Session.open({ device: 'cpu', threads: 2 });
      const view = await prepare(session);
      for (let epoch = 0; epoch < 40; ++epoch) await session.trainEpoch({ views: [view], batchSize });
      const { correct, total } = await session.evaluate({ views: [view], batchSize });
      expect((correct[0] ?? 0) / (total[0] ?? 1)).toBeGreaterThan(0.9);
    }
  });

  test('the same seed repeats bit for bit, another seed changes every loss', async () => {
    const losses = async (seed: number): Promise<number[]> => {
      using session = await Session.open({ device: 'cpu', threads: 2 });
      const view = await prepare(session, { seed });
      return Array.from((await session.trainEpoch({ views: [view], batchSize: 64 })).losses);
    };
    const first = await losses(1);
    expect(await losses(1)).toEqual(first);
    const other = await losses(2);
    expect(other.every((loss, step) => loss !== first[step])).toBe(true);
  });

  test('several sessions at once get what each gets alone', async () => {
    const run = async (seed: number, threads: number): Promise<number[]> => {
      using session = await Session.open({ device: 'cpu', threads });
      const view = await prepare(session, { seed });
      const outcomes = [];
      for (let epoch = 0; epoch < 3; ++epoch)
        outcomes.push(await session.trainEpoch({ views: [view], batchSize: 64 }));
      return outcomes.flatMap(({ losses }) => Array.from(losses));
    };
    const jobs = [
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 2],
    ] as const;
    const alone = [];
    for (const [seed, threads] of jobs) alone.push(await run(seed, threads));
    expect(await Promise.all(jobs.map(([seed, threads]) => run(seed, threads)))).toEqual(alone);
  });

  test('a permuted view is the data set with its columns moved', async () => {
    const features = 10;
    const plain = syntheticRows(50, features, 3);
    const permutation = Int32Array.from([9, 1, 8, 0, 7, 2, 6, 3, 5, 4]);
    const moved = plain.images.map((_, index) => {
      const row = Math.floor(index / features);
      return plain.images[row * features + (permutation[index % features] ?? Number.NaN)] ?? Number.NaN;
    });
    const train = async (images: Uint8Array, columns: Int32Array): Promise<number[]> => {
      using session = await Session.open({ device: 'cpu', threads: 1 });
      const dataset = await session.loadDataset({ images, labels: plain.labels, features });
      const view = await session.addView({ dataset, columns });
      await session.createModel({ network: mlpOf([features, 8, 3]), seed: 5, engine });
      await session.createOptimizer(articleAdamW);
      return Array.from((await session.trainEpoch({ views: [view], batchSize: 16 })).losses);
    };
    expect(await train(plain.images, permutation)).toEqual(await train(moved, identity(features)));
    expect(await train(plain.images, permutation)).not.toEqual(await train(plain.images, identity(features)));
  });
});
