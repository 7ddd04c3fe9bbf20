import { describe, expect, test } from 'vitest';
import { ClTorchError } from '../../lib/base/errors.js';
import { parseConfig } from '../../lib/config/parse.js';
import type { OptionsOf } from '../../lib/config/types.js';
import { chooseExemplars, requireExemplars } from '../../lib/strategies/rehearsal/exemplars.js';

/** 600 examples: class 0 is three times as frequent as 1 and 2. */
const labels = Uint8Array.from({ length: 600 }, (_, row) => [0, 1, 0, 2, 0][row % 5] ?? 0);

function choose(options: Partial<OptionsOf<'er'>> = {}, task: number = 0): number[] {
  return [
    ...chooseExemplars({ ...(parseConfig({ strategy: 'er' }) as OptionsOf<'er'>), ...options }, labels, task),
  ];
}

function count(rows: readonly number[], label: number): number {
  return rows.filter((row) => labels[row] === label).length;
}

describe('rows', () => {
  test.each([
    [{ memorySize: 50 }, 50],
    [{ memorySize: 1 }, 1],
    [{ memorySize: 0 }, 0],
    [{ memorySize: 600 }, 600],
    [{ memorySize: 40, memoryPer: 'class' }, 120],
    [{ memorySize: 120, memoryPer: 'class' }, 360],
    [{ memorySelection: 'all' }, 600],
  ] as const)('%o: %i, distinct, in range, ascending', (options, size) => {
    const rows = choose(options);
    expect(rows).toHaveLength(size);
    expect(new Set(rows).size).toBe(size);
    for (const row of rows) expect(labels[row]).toBeDefined();
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
  });

  test('a number of each class, or as they come', () => {
    const each = choose({ memorySize: 40, memoryPer: 'class' });
    expect([0, 1, 2].map((label) => count(each, label))).toEqual([40, 40, 40]);
    // 300 drawn of 600, of which 360 are of class 0: 180 expected, with a standard deviation of 6.
    expect(Math.abs(count(choose({ memorySize: 300 }), 0) - 180)).toBeLessThan(36);
  });

  test('come from all over the task, not from its beginning', () => {
    const rows = choose({ memorySize: 300 });
    const mean = rows.reduce((sum, row) => sum + row, 0) / rows.length;
    expect(Math.abs(mean - 299.5)).toBeLessThan(5 * 7.1); // standard deviation sqrt(600^2 / 12 / 300 * 300 / 599)
  });
});

describe('the draw', () => {
  test.each(['task', 'class'] as const)(
    'per %s: the same again, another for another seed or task',
    (memoryPer) => {
      const options = { memorySize: 50, memoryPer, seed: 7 };
      const first = choose(options, 3);
      expect(choose(options, 3)).toEqual(first);
      expect(choose({ ...options, seed: 8 }, 3)).not.toEqual(first);
      expect(choose(options, 4)).not.toEqual(first);
      // Not the neighbour's rows either: neither does a seed repeat another's tasks one later.
      expect(choose({ ...options, seed: 8 }, 2)).not.toEqual(first);
    },
  );

  test('overlaps with that of another task as two draws do', () => {
    const [one, other] = [choose({ memorySize: 300 }, 0), choose({ memorySize: 300 }, 1)];
    const shared = one.filter((row) => other.includes(row)).length;
    expect(Math.abs(shared - 150)).toBeLessThan(37); // standard deviation 6.1
  });
});

test.each([
  [{ memorySize: 601 }, 'a task has only 600 training examples'],
  [{ memorySize: 121, memoryPer: 'class' }, 'a class has only 120 training examples'],
] as const)('%o is more than there is', (options, text) => {
  let error: unknown;
  try {
    requireExemplars({ ...(parseConfig({ strategy: 'er' }) as OptionsOf<'er'>), ...options }, [{ labels }]);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ClTorchError);
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) });
  expect(error).toMatchObject({ message: expect.stringContaining(`is ${options.memorySize}`) });
});

test('a memory that could hold more keeps all there are', () => {
  expect(choose({ memorySize: 601 })).toHaveLength(600);
  const perClass = choose({ memorySize: 121, memoryPer: 'class' });
  expect([0, 1, 2].map((label) => count(perClass, label))).toEqual([121, 120, 120]);
});
