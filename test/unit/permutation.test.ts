import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { permutations } from '../../lib/benchmarks/permutation.js';
// Values drawn by CPython itself: see test/reference/make_python_random.py.
import fixture from '../fixtures/python-random.json' with { type: 'json' };

describe('permutations', () => {
  const expected = fixture.permutations;
  const made = permutations(expected.sha256.length, expected.length, expected.seed);

  it("are the ten tasks' pixel orders that Python's random module gives", () => {
    expect(made.map((permutation) => [...permutation.subarray(0, 10)])).toEqual(expected.firstTen);
    expect(made.map((permutation) => createHash('sha256').update(permutation).digest('hex'))).toEqual(
      expected.sha256,
    );
  });

  it('hold every index exactly once', () => {
    const everyIndex = Int32Array.from({ length: expected.length }, (_, index) => index);
    for (const permutation of made) expect(permutation.toSorted()).toEqual(everyIndex);
  });

  it('differ between tasks and between seeds', () => {
    expect(new Set(made.map(String)).size).toBe(made.length);
    expect(permutations(1, 784, 2025)[0]).not.toEqual(made[0]);
  });

  it('do not depend on how many tasks follow', () => {
    expect(permutations(3, expected.length, expected.seed)).toEqual(made.slice(0, 3));
  });

  it('know the smallest cases', () => {
    expect(permutations(0, 5, 1)).toEqual([]);
    expect(permutations(2, 1, 1)).toEqual([Int32Array.of(0), Int32Array.of(0)]);
  });

  it.each([
    ['count', -1, 4],
    ['count', 1.5, 4],
    ['length', 1, 0],
    ['length', 1, Number.NaN],
  ])('refuse a wrong %s', (name, count, length) => {
    expect(() => permutations(count, length, 0)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(name) }),
    );
  });
});
