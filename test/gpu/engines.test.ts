import { describe, expect, test } from 'vitest';
import { gradientError, networks, openNetwork } from '../support/gradients.js';
import {
  type Arithmetic,
  accuracyDifference,
  autograd,
  divergence,
  fused,
  losses,
  type Training,
  trainings,
} from '../support/trainings.js';
import { describeOnGpu, device } from './gpu.js';

const tf32: Arithmetic = { engine: 'fused', precision: 'tf32' };
const bf16: Arithmetic = { engine: 'fused', precision: 'bf16' };
const article: Training = { device, hidden: [400, 400, 400], batchSize: 256, rows: 10_000 };

describeOnGpu('the fused engine on a GPU', () => {
  test.each(trainings)('the first 100 losses are within 1e-4 of autograd: %s', async (_, training) => {
    const worst = await divergence(fused, { ...training, device });
    expect(worst(100)).toBeLessThan(1e-4);
  });

  // See test/native/engines.test.ts: a rounding flips a ReLU of a network this size every few dozen steps.
  test.each<[string, Training]>([
    ['alone', article],
    ['with the penalty of one sphere', { ...article, penalty: 'global' }],
    ['with the penalty of a sphere a tensor', { ...article, penalty: 'per-tensor' }],
    ['with rehearsal', { ...article, rehearsal: 64 }],
  ])("the article's network %s is the same to 1e-4 until a rounding flips a ReLU", async (_, training) => {
    const worst = await divergence(fused, training);
    expect(worst(10)).toBeLessThan(1e-4);
    expect(worst(100)).toBeLessThan(0.1);
  });

  // A tf32 factor is rounded to 11 significant bits (0.05 %), a bf16 one to 8 (0.4 %).
  test.each<[string, Arithmetic, Training, number]>([
    ['tf32', tf32, article, 0.01],
    ['tf32, odd widths', tf32, { ...article, hidden: [51, 17, 29], batchSize: 31 }, 0.01],
    ['bf16', bf16, { ...article, penalty: 'global' }, 0.05],
    ['bf16, odd widths', bf16, { ...article, hidden: [51, 17, 29], batchSize: 31, rehearsal: 7 }, 0.05],
  ])('%s stays within its rounding for ten steps', async (_, arithmetic, training, tolerance) => {
    const worst = await divergence(arithmetic, training);
    expect(worst(10)).toBeLessThan(tolerance);
  });

  test.each([
    ['fp32', fused],
    ['tf32', tf32],
    ['bf16', bf16],
  ])('a seed repeats bit for bit in %s', async (_, arithmetic) => {
    const training: Training = { ...article, penalty: 'global', rehearsal: 64 };
    expect(await losses(arithmetic, training)).toEqual(await losses(arithmetic, training));
  });

  test.each([
    ['fp32', fused],
    ['tf32', tf32],
    ['bf16', bf16],
  ])(
    'final accuracies of 5 seeds differ no more than seeds do in %s (paired t-test, 99.9 %%)',
    async (_, arithmetic) => {
      const { mean, bound } = await accuracyDifference(arithmetic, 'cuda');
      expect(Math.abs(mean)).toBeLessThanOrEqual(bound);
      expect(Math.abs(mean)).toBeLessThan(1);
    },
    240_000,
  );
});

const cases = networks.flatMap((network) =>
  (
    [
      ['autograd', autograd, 1e-4, 1e-6],
      ['fused fp32', fused, 1e-4, 1e-6],
      ['fused tf32', tf32, 0.02, 0.01],
      ['fused bf16', bf16, 0.1, 0.05],
    ] as const
  ).map(([name, arithmetic, tolerance, floor]) => ({
    network,
    layers: network.layers.join('-'),
    name,
    arithmetic,
    bounds: { tolerance, floor },
  })),
);

describeOnGpu('loss and gradient against float64 autograd', () => {
  describe.each(cases)('$name, $layers', ({ network, arithmetic, bounds }) => {
    test.each(network.batches)('$rows example(s)', async (expected) => {
      const { session, view } = await openNetwork(network, arithmetic, { device });
      using _ = session;
      const error = await gradientError(session, view, expected, bounds);
      expect(error.loss).toBeLessThan(Math.max(1e-5, bounds.tolerance / 10));
      expect(error.gradient).toBeLessThanOrEqual(1);
    });
  });
});
