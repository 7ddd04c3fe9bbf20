import { describe, expect, it } from 'vitest';
import { gridOf } from '../../../lib/search/grid.js';
import { drawSetting } from '../../../lib/search/random.js';
import type { Observation, Setting, Space } from '../../../lib/search/space.js';
import { suggestByTpe } from '../../../lib/search/tpe.js';
// Optuna's numbers: see test/reference/make_search.py.
import fixture from '../../fixtures/search.json' with { type: 'json' };
import { TEST_FUNCTIONS, type TestFunction } from './spaces.js';

/** The trials of a search for the smallest value, one after the other. */
function search({ space, value }: TestFunction, seed: number, trials: number): Observation[] {
  const observations: Observation[] = [];
  for (let number = 0; number < trials; number++) {
    const setting = suggestByTpe(space, { seed, number }, observations);
    observations.push({ setting, value: -value(setting) });
  }
  return observations;
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] as number;
  return low + (place % 1) * ((sorted[Math.ceil(place)] as number) - low);
}

describe.each(Object.entries(TEST_FUNCTIONS))('on %s', (name, testFunction) => {
  const { optimum, values, regrets } = fixture.functions[name as keyof typeof TEST_FUNCTIONS];

  it('the function is the one that Optuna searched', () => {
    for (const { setting, value } of values) expect(testFunction.value(setting)).toBeCloseTo(value, 10);
  });

  // Ten searches of ours, twenty of Optuna's, a hundred trials each.
  it("TPE comes as near the optimum as Optuna's, and nearer than random draws", () => {
    const seeds = Array.from({ length: 10 }, (_, seed) => seed);
    const best = (settings: readonly Setting[]): number =>
      Math.min(...settings.map(testFunction.value)) - optimum;
    const ours = seeds.map((seed) =>
      best(search(testFunction, seed, fixture.trials).map(({ setting }) => setting)),
    );
    const random = seeds.map((seed) =>
      best(
        Array.from({ length: fixture.trials }, (_, number) =>
          drawSetting(testFunction.space, { seed, number }),
        ),
      ),
    );
    const median = quantile(ours, 0.5);
    // Within the middle half of Optuna's, or nearer.
    expect(median).toBeLessThan(quantile(regrets.together, 0.75));
    expect(median).toBeLessThan(quantile(random, 0.5) / 3);
  });
});

describe('TPE', () => {
  const { space, value } = TEST_FUNCTIONS.mixed;
  const earlier = search(TEST_FUNCTIONS.mixed, 5, 20);
  const suggest = (number: number, observations: readonly Observation[] = earlier): Setting =>
    suggestByTpe(space, { seed: 5, number }, observations);

  it('draws at random first', () => {
    for (const number of [0, 3, 9]) {
      expect(suggest(number, earlier.slice(0, number))).toEqual(drawSetting(space, { seed: 5, number }));
    }
    expect(suggest(10, earlier.slice(0, 10))).not.toEqual(drawSetting(space, { seed: 5, number: 10 }));
    expect(suggestByTpe(space, { seed: 5, number: 2, startup: 2 }, earlier.slice(0, 2))).not.toEqual(
      drawSetting(space, { seed: 5, number: 2 }),
    );
  });

  it('suggests the same again, from results that come from a file, too', () => {
    expect(suggest(20)).toEqual(suggest(20));
    expect(suggest(20, JSON.parse(JSON.stringify(earlier)))).toEqual(suggest(20));
    expect(suggestByTpe(space, { seed: 6, number: 20 }, earlier)).not.toEqual(suggest(20));
  });

  it('remembers a suggestion while its results are the same, and only then', () => {
    const fresh = (observations: readonly Observation[], pending: readonly Setting[] = []): Setting =>
      suggestByTpe(structuredClone(space), { seed: 5, number: 20, pending }, observations);
    const first = suggest(20);
    expect(suggest(20)).toBe(first);
    // The best result becomes the worst one.
    const best = Math.max(...earlier.map((each) => each.value ?? 0));
    const changed = earlier.map((each) => (each.value === best ? { ...each, value: null } : each));
    const pending = [drawSetting(space, { seed: 9, number: 1 })];
    expect(suggest(20, changed)).toEqual(fresh(changed));
    expect(suggest(20, changed)).not.toEqual(first);
    expect(suggestByTpe(space, { seed: 5, number: 20, pending }, earlier)).toEqual(fresh(earlier, pending));
    expect(suggest(20)).toEqual(first);
  });

  it('suggests other settings for the other trials of a batch', () => {
    const batch = [20, 21, 22, 23].map((number) => JSON.stringify(suggest(number)));
    expect(new Set(batch).size).toBe(4);
  });

  it('counts trials that failed as bad ones, and goes on when all have', () => {
    // Whatever is not adam fails; of ten suggestions nearly all should be adam.
    const failing = Array.from({ length: 60 }, (_, number): Observation => {
      const setting = drawSetting(space, { seed: 1, number });
      return { setting, value: setting.optimizer === 'adam' ? -value(setting) : null };
    });
    const suggested = Array.from({ length: 10 }, (_, i) => suggest(60 + i, failing).optimizer);
    expect(suggested.filter((optimizer) => optimizer === 'adam').length).toBeGreaterThanOrEqual(9);
    const allFailed = failing.map(({ setting }) => ({ setting, value: null }));
    expect(Object.keys(suggest(60, allFailed))).toEqual(Object.keys(space));
  });

  it('tries each setting of a finite space once before one comes again', () => {
    const finite: Space = {
      method: { kind: 'choice', values: [['a'], ['a', 'b'], null] },
      size: { kind: 'interval', scale: 'linear', low: 1, high: 5, points: [1, 2, 3, 4, 5] },
    };
    const observations: Observation[] = [];
    for (let batch = 0; batch < 5; batch++) {
      const pending: Setting[] = [];
      for (let i = 0; i < 3; i++) {
        const draw = { seed: 2, number: 3 * batch + i, startup: 3, pending };
        pending.push(suggestByTpe(finite, draw, observations));
      }
      // Results of a file: lists are equal but not the same.
      const read: Setting[] = JSON.parse(JSON.stringify(pending));
      observations.push(...read.map((setting) => ({ setting, value: setting.size as number })));
    }
    const tried = observations.map(({ setting }) => JSON.stringify(setting));
    expect(tried.sort()).toEqual(
      gridOf(finite)
        .map((setting) => JSON.stringify(setting))
        .sort(),
    );
    expect(gridOf(finite)).toContainEqual(suggestByTpe(finite, { seed: 2, number: 15 }, observations));
  });

  it.each([
    { rate: 1e-3, optimizer: 'rmsprop', width: 64 },
    { rate: '1e-3', optimizer: 'sgd', width: 64 },
    { rate: 1e-3, optimizer: 'sgd', width: null },
  ])('refuses what is none of the space: %j', (setting) => {
    expect(() => suggest(20, [...earlier, { setting, value: 1 }])).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});
