import { describe, expect, it } from 'vitest';
import { numberAt } from '../../../lib/search/domain.js';
import { gridOf } from '../../../lib/search/grid.js';
import { drawSetting } from '../../../lib/search/random.js';
import type { Interval, Setting, Space } from '../../../lib/search/space.js';

const POINTS = [0, 0.25, 0.5, 0.75, 1];
const endless: Space = {
  rate: { kind: 'interval', scale: 'log', low: 1e-5, high: 1e-1 },
  momentum: { kind: 'interval', scale: 'linear', low: -1, high: 3 },
  method: { kind: 'choice', values: ['a', 'b', 'c', 'd'] },
  share: { kind: 'interval', scale: 'linear', low: 0, high: 1, points: POINTS },
};
const finite: Space = {
  method: { kind: 'choice', values: ['a', 'b', 'c', 'd'] },
  share: { kind: 'interval', scale: 'linear', low: 0, high: 1, points: POINTS },
};

const drawn = (space: Space, count: number, seed: number): Setting[] =>
  Array.from({ length: count }, (_, number) => drawSetting(space, { seed, number }));

/** The largest distance of the numbers' distribution from the uniform one over 0…1 (Kolmogorov and Smirnov). */
function distanceFromUniform(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const gaps = sorted.map((number, i) =>
    Math.max(number - i / sorted.length, (i + 1) / sorted.length - number),
  );
  return Math.max(...gaps);
}

/** Pearson's chi-squared of how often each of the values was drawn, against equal numbers. */
function chiSquared(drawnValues: readonly unknown[], values: readonly unknown[]): number {
  const expected = drawnValues.length / values.length;
  const counts = values.map((value) => drawnValues.filter((other) => other === value).length);
  expect(counts.reduce((a, b) => a + b)).toBe(drawnValues.length);
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('random settings', () => {
  const settings = drawn(endless, 2000, 7);
  /** What uniform numbers exceed once in a thousand times. */
  const KOLMOGOROV = 1.95 / Math.sqrt(settings.length);

  it('are uniform on a linear scale', () => {
    const places = settings.map(({ momentum }) => ((momentum as number) + 1) / 4);
    expect(distanceFromUniform(places)).toBeLessThan(KOLMOGOROV);
  });

  it('are uniform on a log scale', () => {
    const places = settings.map(({ rate }) => (Math.log10(rate as number) + 5) / 4);
    expect(distanceFromUniform(places)).toBeLessThan(KOLMOGOROV);
  });

  it('have each choice and each point equally often', () => {
    // What is exceeded once in a thousand times, with 3 and with 4 degrees of freedom.
    expect(
      chiSquared(
        settings.map(({ method }) => method),
        ['a', 'b', 'c', 'd'],
      ),
    ).toBeLessThan(16.27);
    expect(
      chiSquared(
        settings.map(({ share }) => share),
        POINTS,
      ),
    ).toBeLessThan(18.47);
  });

  it('draw each name by itself', () => {
    const x = settings.map(({ momentum }) => ((momentum as number) + 1) / 4 - 0.5);
    const y = settings.map(({ rate }) => (Math.log10(rate as number) + 5) / 4 - 0.5);
    const correlation = x.reduce((sum, xi, i) => sum + 12 * xi * (y[i] as number), 0) / x.length;
    expect(Math.abs(correlation)).toBeLessThan(3.3 / Math.sqrt(x.length));
  });

  it('depend on the seed and the number alone', () => {
    const backwards = (space: Space): Setting[] =>
      Array.from({ length: 50 }, (_, i) => drawSetting(space, { seed: 7, number: 49 - i })).reverse();
    expect(backwards(structuredClone(endless))).toEqual(settings.slice(0, 50));
    expect(backwards(structuredClone(finite))).toEqual(drawn(finite, 50, 7));
    expect(drawn(endless, 50, 8)).not.toEqual(settings.slice(0, 50));
  });

  it('have numbers of four digits, never beyond the bounds', () => {
    const interval: Interval = { kind: 'interval', scale: 'log', low: 0.000123446, high: 0.000987654 };
    const rates = drawn({ rate: interval }, 1000, 1).map(({ rate }) => rate as number);
    const wrong = rates.filter((rate) => {
      const isBound = rate === interval.low || rate === interval.high;
      const isRounded = rate > interval.low && rate < interval.high && rate === Number(rate.toPrecision(4));
      return !isBound && !isRounded;
    });
    expect(wrong).toEqual([]);
    expect(numberAt(interval, 0)).toBe(interval.low);
    expect(numberAt(interval, 1)).toBe(interval.high);
  });

  it('tell numbers of a narrow interval apart', () => {
    const decays = drawn(
      { decay: { kind: 'interval', scale: 'linear', low: 0.9999, high: 0.99999 } },
      100,
      1,
    );
    expect(new Set(decays.map(({ decay }) => decay)).size).toBeGreaterThan(95);
  });

  it('of an empty space are empty', () => {
    expect(drawSetting({}, { seed: 0, number: 3 })).toEqual({});
  });
});

describe('random settings of a finite space', () => {
  const names = (settings: readonly Setting[]): string[] =>
    settings.map((setting) => JSON.stringify(setting));

  it('come once each before one comes again', () => {
    const all = names(gridOf(finite)).sort();
    const settings = names(drawn(finite, 40, 3));
    expect(settings.slice(0, 20).sort()).toEqual(all);
    expect(settings.slice(20).sort()).toEqual(all);
    expect(settings.slice(0, 20)).not.toEqual(settings.slice(20));
  });

  it('have every setting equally likely at every place', () => {
    for (const number of [0, 19]) {
      const places = Array.from({ length: 600 }, (_, seed) =>
        JSON.stringify(drawSetting(finite, { seed, number })),
      );
      // 19 degrees of freedom.
      expect(chiSquared(places, names(gridOf(finite)))).toBeLessThan(43.82);
    }
  });

  it('may be more than memory holds', () => {
    const values = Array.from({ length: 1000 }, (_, index) => index);
    const large: Space = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map((name) => [name, { kind: 'choice', values }]),
    );
    expect(new Set(names(drawn(large, 100, 1))).size).toBe(100);
    expect(new Set(names(drawn({ ...large, f: { kind: 'choice', values } }, 100, 1))).size).toBe(100);
  });
});
