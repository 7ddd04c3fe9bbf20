import { describe, expect, it } from 'vitest';
import { PythonRandom } from '../../../lib/random/python-random.js';
import { normalBelow } from '../../../lib/search/normal.js';
import { ParzenEstimate } from '../../../lib/search/parzen.js';
import type { Space } from '../../../lib/search/space.js';
// Optuna's densities: see test/reference/make_search.py.
import fixture from '../../fixtures/search.json' with { type: 'json' };
import { TEST_FUNCTIONS } from './spaces.js';

describe('the normal distribution', () => {
  // Values of R's pnorm.
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [-1.959963984540054, 0.025],
    [3, 0.99865010196837],
    [-6, 9.865876450376981e-10],
    [40, 1],
  ])('below %d', (x, probability) => {
    expect(normalBelow(x)).toBeCloseTo(probability, 14);
  });
});

describe('a Parzen estimate', () => {
  it.each(
    fixture.densities.map(
      (densities) =>
        [densities.observed.length, densities.function as keyof typeof TEST_FUNCTIONS, densities] as const,
    ),
  )('from %d settings of %s is the one that Optuna makes', (_, name, { observed, logDensities }) => {
    const estimate = new ParzenEstimate(TEST_FUNCTIONS[name].space, observed);
    for (const { setting, value } of logDensities) expect(estimate.logDensity(setting)).toBeCloseTo(value, 9);
  });

  it('draws what it says', () => {
    const space: Space = {
      method: { kind: 'choice', values: ['a', 'b', 'c'] },
      size: { kind: 'interval', scale: 'linear', low: 1, high: 4, points: [1, 2, 3, 4] },
    };
    const estimate = new ParzenEstimate(space, [
      { method: 'a', size: 1 },
      { method: 'b', size: 4 },
      { method: 'a', size: 2 },
    ]);
    const random = new PythonRandom(1);
    const counts = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const drawn = JSON.stringify(estimate.draw(random));
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    let total = 0;
    let chiSquared = 0;
    for (const method of ['a', 'b', 'c']) {
      for (const size of [1, 2, 3, 4]) {
        const probability = Math.exp(estimate.logDensity({ method, size }));
        total += probability;
        const expected = 4000 * probability;
        chiSquared += ((counts.get(JSON.stringify({ method, size })) ?? 0) - expected) ** 2 / expected;
      }
    }
    expect(total).toBeCloseTo(1, 12);
    // What is exceeded once in a thousand times, with 11 degrees of freedom.
    expect(chiSquared).toBeLessThan(31.26);
  });
});
