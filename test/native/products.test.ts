import { describe, expect, test } from 'vitest';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';
import { autograd, fused } from '../support/trainings.js';
import { flat, largestDifference } from '../support/vectors.js';

interface Setting {
  readonly layers: readonly number[];
  readonly rows: number;
  readonly threads: number;
  readonly arithmetic: typeof fused;
}

async function gradientOf({
  layers,
  rows,
  threads,
  arithmetic,
}: Setting): Promise<{ loss: number; tensors: Float32Array[] }> {
  using session = await Session.open({ device: 'cpu', threads });
  const features = layers[0] ?? 0;
  const dataset = await session.loadDataset(syntheticRows(rows, features, layers.at(-1) ?? 0));
  const view = await session.addView({ dataset, columns: identity(features) });
  await session.createModel({ network: mlpOf(layers), seed: 3, ...arithmetic });
  const loss = await session.gradient({ view, rows: identity(rows) });
  const gradient = await session.vectors.get('gradient');
  return { loss, tensors: gradient.map(({ data }) => data) };
}

/** Widths and rows around the sizes at which the kernels change: 8, 16, 48 and 1024, and their neighbours. */
const shapes: [string, number[], number][] = [
  ['one of everything', [1, 1, 2], 1],
  ['below a register', [15, 7, 3], 7],
  ['registers and panels', [16, 48, 16], 8],
  ['one more', [17, 49, 17], 9],
  ['one less', [31, 47, 33], 15],
  ['rows of 4, 2 and 1', [50, 64, 10], 23],
  ['an inner dimension of two panels and more', [2100, 65, 5], 33],
  ['many rows', [20, 40, 4], 1100],
];

describe.each([1, 2, 3])("the fused engine's products on %d thread(s), against LibTorch's", (threads) => {
  test.each(shapes)('%s', async (_, layers, rows) => {
    const ours = await gradientOf({ layers, rows, threads, arithmetic: fused });
    const theirs = await gradientOf({ layers, rows, threads: 1, arithmetic: autograd });
    expect(Math.abs(ours.loss / theirs.loss - 1)).toBeLessThan(1e-5);
    for (const [i, expected] of theirs.tensors.entries()) {
      const actual = ours.tensors[i] ?? new Float32Array();
      expect(actual).toHaveLength(expected.length);
      const error = largestDifference(Array.from(actual), Array.from(expected));
      expect(error, `tensor ${i}`).toBeLessThanOrEqual(
        1e-5 * expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      );
    }
  });
});

test('the number of threads changes no bit of the fused engine', async () => {
  const learnt = async (threads: number): Promise<number[]> => {
    using session = await Session.open({ device: 'cpu', threads });
    const dataset = await session.loadDataset(syntheticRows(700, 300, 10));
    const view = await session.addView({ dataset, columns: identity(300) });
    await session.createModel({ network: mlpOf([300, 210, 90, 10]), seed: 3, ...fused });
    await session.createOptimizer(articleAdamW);
    for (let epoch = 0; epoch < 3; ++epoch) await session.trainEpoch({ views: [view], batchSize: 64 });
    return flat(await session.parameters());
  };
  const alone = await learnt(1);
  for (const threads of [2, 3]) expect(await learnt(threads)).toEqual(alone);
});
