import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { meanAndDeviation } from '../../lib/metrics/statistics.js';
import { consecutiveSeeds, readSeeds } from '../../lib/random/seeds.js';
import { runSeeds } from '../../lib/sweep/seeds.js';
import { temporaryFolder } from '../support/libtorch.js';

describe('mean and sample standard deviation', () => {
  // By hand: mean 5, squared deviations 9+1+1+1+0+0+4+16 = 32, 32 / 7.
  test('a textbook row', () => {
    const { mean, deviation } = meanAndDeviation([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(mean).toBe(5);
    expect(deviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  test('a single value has none', () => {
    expect(meanAndDeviation([3])).toEqual({ mean: 3, deviation: null });
  });
});

describe('--seeds', () => {
  test('a number is how many, from the seed on', () => {
    expect(readSeeds('3', 11)).toEqual([11, 12, 13]);
    expect(consecutiveSeeds(5, 2)).toEqual([5, 6]);
  });

  test('a list names them', () => {
    expect(readSeeds('2024, 7,0', 1)).toEqual([2024, 7, 0]);
  });

  test('one that is there twice is told', () => {
    expect(() => readSeeds('5,6,5', 0)).toThrow('5 is there twice');
  });

  test.each(['0', '', 'x', '1,x', '-1', '1.5', '2,-3', '1e3', '1001', '1,9007199254740993', '1,,2'])(
    '%j is refused',
    (text) => {
      expect(() => readSeeds(text, 0)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    },
  );
});

test.each([0, 1.5, 257, Number.NaN])('runSeeds refuses to run %d at once', async (atOnce) => {
  const error = await runSeeds({ strategy: 'baseline', dataDir: '/nowhere' }, [1, 2], { atOnce }).catch(
    (e) => e,
  );
  expect(error).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/--at-once.*1 to 256/),
  });
});

test.each([[[]], [[1, 2, 1]]])('runSeeds refuses %j before any work', async (seeds) => {
  const error = await runSeeds({ strategy: 'baseline', dataDir: '/nowhere' }, seeds).catch((e) => e);
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
});

test('runSeeds puts no runs into the folder of one, and leaves it as it is', async () => {
  const out = temporaryFolder();
  writeFileSync(join(out, 'result.json'), '{}');
  const input = { strategy: 'baseline', dataDir: '/nowhere', out } as const;
  await expect(runSeeds(input, [1], { overwrite: true })).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
    message: expect.stringMatching(/is that of one run.*--out/),
  });
  expect(readdirSync(out)).toEqual(['result.json']);
});
