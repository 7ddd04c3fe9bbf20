import { describe, expect, test } from 'vitest';
import { remember } from '../../lib/index.js';
import { Session } from '../../lib/session/session.js';
import { herd } from '../../lib/strategies/rehearsal/herding.js';
import type { TaskContext } from '../../lib/training/strategy.js';
import { articleAdamW, identity, prepare, syntheticRows } from '../support/synthetic.js';

const size = { rows: 30, features: 16, classes: 3 };

/** weight · features + bias, row by row. */
function lastLayer(values: Float32Array, width: number, weight: Float32Array, bias: Float32Array): number[] {
  return Array.from({ length: (values.length / width) * bias.length }, (_, at) => {
    const [row, unit] = [Math.floor(at / bias.length), at % bias.length];
    const terms = Array.from(
      { length: width },
      (_, i) => (values[row * width + i] ?? 0) * (weight[unit * width + i] ?? 0),
    );
    return terms.reduce((sum, term) => sum + term, bias[unit] ?? 0);
  });
}

describe('features are what the last layer takes', () => {
  const networks = [
    ['an MLP', 'fused', { kind: 'mlp', input: [16], classes: 3, hidden: [7, 5] }, 5],
    ['an MLP', 'autograd', { kind: 'mlp', input: [16], classes: 3, hidden: [7, 5] }, 5],
    ['one layer alone', 'fused', { kind: 'mlp', input: [16], classes: 3, hidden: [] }, 16],
    [
      'a CNN',
      'autograd',
      { kind: 'cnn', input: [1, 4, 4], classes: 3, channels: [4], kernel: 3, hidden: [6] },
      6,
    ],
    [
      'a ResNet18',
      'autograd',
      { kind: 'resnet18', input: [1, 4, 4], classes: 3, width: 2, stem: 32, norm: 'batch' },
      16,
    ],
  ] as const;

  test.each(networks)('of %s (%s)', async (_, engine, network, width) => {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const data = syntheticRows(size.rows, size.features, size.classes);
    const dataset = await session.loadDataset(data);
    const view = await session.addView({ dataset, columns: identity(size.features) });
    await session.createModel({ network, seed: 3, engine });
    await session.createOptimizer(articleAdamW);
    await session.trainEpoch({ views: [view], batchSize: 10 });
    const features = await session.features({ view, rows: identity(size.rows) });
    expect(features.width).toBe(width);
    expect(features.values).toHaveLength(size.rows * width);
    const [weight, bias] = (await session.parameters()).slice(-2).map(({ data }) => data);
    const made = lastLayer(features.values, width, weight ?? new Float32Array(), bias ?? new Float32Array());
    const outputs = await session.predict({ ...data, output: 'logits' });
    for (const [at, value] of made.entries())
      expect(Math.abs(value - (outputs[at] ?? Number.NaN))).toBeLessThan(1e-5);
    const some = await session.features({ view, rows: Int32Array.of(4, 2) });
    expect(some.values.subarray(0, width)).toEqual(features.values.subarray(4 * width, 5 * width));
    await expect(session.features({ view, rows: Int32Array.of(size.rows) })).rejects.toThrow('no row');
  });
});

test.each(['task', 'class'] as const)(
  'herding keeps, of each %s, those that its features say',
  async (memoryPer) => {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const view = await prepare(session, { rows: 60, features: 8, classes: 3, hidden: [5] });
    const { labels } = await session.readRows({ view, rows: identity(60) });
    const config = { memorySelection: 'herding', memoryPer, memorySize: 6, seed: 1 } as const;
    await remember(config, { session, view, labels, task: 0 } as unknown as TaskContext);
    const groups =
      memoryPer === 'task'
        ? [identity(60)]
        : [0, 1, 2].map((label) => identity(60).filter((row) => labels[row] === label));
    const expected: number[] = [];
    for (const rows of groups) {
      const { values, width } = await session.features({ view, rows });
      expected.push(...Array.from(herd(values, width, 6), (index) => rows[index] ?? Number.NaN));
    }
    const { memory } = await session.exportState();
    expect(memory.map(({ rows }) => [...rows])).toEqual([expected.sort((a, b) => a - b)]);
  },
);
