import { expect, test } from 'vitest';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from '../support/network.js';
import { articleAdamW, identity, syntheticRows } from '../support/synthetic.js';

const FEATURES = 16;

// A gradient that stays zero leaves a moment that shrinks by a tenth a step: a subnormal number after some 800 steps, which
// slows Intel's processors down, unless it becomes zero before.
test.each([
  ['adamw', { ...articleAdamW, optimizer: 'adamw' }],
  ['sgd with momentum', { ...articleAdamW, optimizer: 'sgd', momentum: 0.9, weightDecay: 0 }],
] as const)(
  '%s: a moment that has all but decayed is zero, and the others are not',
  async (_name, options) => {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    const dataset = await session.loadDataset(syntheticRows(64, FEATURES, 2));
    const whole = await session.addView({ dataset, columns: identity(FEATURES) });
    const half = await session.addView({
      dataset,
      columns: identity(FEATURES).map((column) => (column % 2 === 0 ? column : -1)),
    });
    await session.createModel({ network: mlpOf([FEATURES, 8, 2]), seed: 1, engine: 'fused' });
    await session.createOptimizer(options);
    const moments = async (): Promise<{ odd: number[]; even: number[] }> => {
      const data = Object.values((await session.exportState()).optimizer?.vectors ?? {})[0]?.[0]?.data ?? [];
      const all = [...data]; // of the first layer's weight, whose columns are the features
      return { odd: all.filter((_, i) => i % 2 === 1), even: all.filter((_, i) => i % 2 === 0) };
    };
    await session.trainEpoch({ views: [whole], batchSize: 8, epoch: 0, epochs: 2 });
    expect((await moments()).odd.filter((value) => value !== 0).length).toBeGreaterThan(8);
    for (let epoch = 0; epoch < 100; ++epoch) {
      await session.trainEpoch({ views: [half], batchSize: 8, epoch: 1, epochs: 2 });
    }
    const { odd, even } = await moments();
    expect(odd.every((value) => value === 0)).toBe(true);
    expect(even.filter((value) => value !== 0).length).toBeGreaterThan(8);
  },
);

// The same slows training on examples that the network is sure of: all gradients have the wrong class's probability in them.
test.each([
  [60, true],
  [80, false],
])('a wrong class whose output is %i less has a gradient: %s', async (less, hasGradient) => {
  using session = await Session.open({ device: 'cpu', threads: 1 });
  const { labels, ...images } = syntheticRows(8, FEATURES, 2);
  const dataset = await session.loadDataset({ ...images, labels: labels.map(() => 0) });
  const view = await session.addView({ dataset, columns: identity(FEATURES) });
  await session.createModel({ network: mlpOf([FEATURES, 2]), seed: 1, engine: 'fused' });
  await session.setParameters([new Float32Array(2 * FEATURES), Float32Array.of(0, -less)]);
  await session.gradient({ view, rows: identity(8) });
  const [, bias] = await session.vectors.get('gradient');
  const [own = Number.NaN, wrong = Number.NaN] = bias?.data ?? [];
  expect(own).toBe(0);
  if (hasGradient) expect(wrong / Math.exp(-less)).toBeCloseTo(1, 5);
  else expect(wrong).toBe(0);
});
