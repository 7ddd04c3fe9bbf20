import { expect, test } from 'vitest';
import { PythonRandom } from '../../lib/random/python-random.js';
import { chooseBalanced } from '../../lib/strategies/rehearsal/balanced.js';

/** What is held after tasks of these labels, one after the other. */
function held(tasks: readonly (readonly number[])[], size: number, seed = 1): Int32Array {
  const random = new PythonRandom(seed);
  let classes = new Int32Array();
  for (const labels of tasks) {
    const { kept, rows } = chooseBalanced(classes, Int32Array.from(labels), size, random);
    classes = Int32Array.from([
      ...Array.from(kept, (index) => classes[index] ?? Number.NaN),
      ...Array.from(rows, (row) => labels[row] ?? Number.NaN),
    ]);
  }
  return classes;
}

const many = (...classes: number[]): number[] =>
  Array.from({ length: 400 }, (_, i) => classes[i % classes.length] ?? 0);
const count = (classes: Int32Array, label: number): number => classes.filter((each) => each === label).length;

test('the new examples come in an order that is drawn, whatever the data set’s is', () => {
  const choose = (seed: number): Int32Array =>
    chooseBalanced(new Int32Array(), Int32Array.from(many(0)), 50, new PythonRandom(seed)).rows;
  expect(choose(3)).toEqual(choose(3));
  expect(choose(4)).not.toEqual(choose(3));
  expect(choose(3)).toEqual(choose(3).toSorted());
  expect(new Set(choose(3)).size).toBe(50);
  const mean = choose(3).reduce((sum, each) => sum + each, 0) / 50;
  expect(Math.abs(mean - 199.5)).toBeLessThan(4 * 15.3); // of 50 drawn of 0 to 399; standard deviation 15.3
});

test.each([10, 11, 100])('%i places are shared by the classes as equally as whole numbers allow', (size) => {
  const classes = held([many(0, 1), many(2, 3), many(4)], size);
  expect(classes).toHaveLength(size);
  for (const label of [0, 1, 2, 3, 4]) {
    expect(count(classes, label)).toBeGreaterThanOrEqual(Math.floor(size / 5));
    expect(count(classes, label)).toBeLessThanOrEqual(Math.ceil(size / 5));
  }
});

test('a class of which there are few leaves its places to those that came before', () => {
  const classes = held([many(0), [1, 1, 1]], 20);
  expect([count(classes, 0), count(classes, 1)]).toEqual([17, 3]);
});

test('which of them stay is drawn: the same for the same seed', () => {
  const labels = Int32Array.from(many(1));
  const choose = (seed: number): number[] => [
    ...chooseBalanced(Int32Array.from(many(0).slice(0, 50)), labels, 50, new PythonRandom(seed)).kept,
  ];
  expect(choose(4)).toEqual(choose(4));
  expect(choose(5)).not.toEqual(choose(4));
  const mean = choose(4).reduce((sum, each) => sum + each, 0) / 25;
  expect(Math.abs(mean - 24.5)).toBeLessThan(4 * 2.06); // of 25 drawn of 0 to 49; standard deviation 2.06
});
