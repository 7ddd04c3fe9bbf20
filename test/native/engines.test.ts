import { describe, expect, test } from 'vitest';
import { accuracyDifference, divergence, fused, type Training } from '../support/trainings.js';

// Small networks of every shape: test/native/conformance.test.ts.
// 50 steps an epoch, the last of them short.
const article = { hidden: [400, 400, 400], batchSize: 256, threads: 2, rows: 49 * 256 + 16 };

// In a network of this size some unit's input lies within a rounding of 0 every few dozen steps, and its ReLU then
// falls to either side: autograd started one rounding away from itself parts from itself as far and as soon.
describe("the article's network: the same to 1e-4 until a rounding flips a ReLU", () => {
  test.each<[string, Training]>([
    ['alone', article],
    ['with the penalty of one sphere', { ...article, penalty: 'global' }],
    ['with the penalty of a sphere a tensor', { ...article, penalty: 'per-tensor' }],
    ['with rehearsal', { ...article, rehearsal: 64 }],
  ])('%s', async (_, training) => {
    const worst = await divergence(fused, training);
    expect(worst(10)).toBeLessThan(1e-4);
    expect(worst(100)).toBeLessThan(0.1);
  });
});

test('final accuracies of 5 seeds differ no more than seeds do (paired t-test, 99.9 %)', {
  timeout: 240_000,
}, async () => {
  const { mean, bound } = await accuracyDifference(fused, 'cpu');
  expect(Math.abs(mean)).toBeLessThanOrEqual(bound);
  expect(Math.abs(mean)).toBeLessThan(1); // a wide spread must not excuse a wrong engine
});
