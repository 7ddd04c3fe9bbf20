import { expect, test } from 'vitest';
import { keepLargest } from '../../lib/strategies/architecture/pruning.js';

const tensor = (name: string, shape: readonly number[]) => ({
  name,
  shape: [...shape],
  data: new Float32Array(shape.reduce((product, extent) => product * extent, 1)).map((_, at) => at + 1),
});

test.each([
  [
    'with biases',
    ['layers.0.weight', [3, 2]],
    ['layers.0.bias', [3]],
    ['layers.1.weight', [4, 3]],
    ['layers.1.bias', [4]],
  ],
  ['without biases', ['layers.0.weight', [3, 2]], ['layers.1.weight', [4, 3]]],
  [
    'with a normalisation before a head without bias',
    ['layers.0.weight', [3, 2]],
    ['norms.0.weight', [3]],
    ['norms.0.bias', [3]],
    ['layers.1.weight', [4, 3]],
  ],
] as const)(
  'of a network %s the output layer keeps the task’s rows, and each hidden layer its largest half',
  (_, ...given) => {
    const shapes = given as readonly (readonly [string, readonly number[]])[];
    const parameters = shapes.map(([name, shape]) => tensor(name, shape));
    const free = parameters.map((each) => ({ ...each, data: each.data.map(() => 1) }));
    const { kept, left } = keepLargest(parameters, free, {
      task: 0,
      labels: Int32Array.of(1, 2),
      pruned: 0.5,
    });
    for (const [at, { name, data, shape }] of parameters.entries()) {
      const width = data.length / (shape[0] as number);
      const isTaskRow = (place: number): boolean => [1, 2].includes(Math.floor(place / width));
      const expected = data.map((value, place) => {
        if (name.startsWith('layers.1')) return Number(isTaskRow(place));
        return shape.length < 2 ? 1 : Number(value > data.length / 2);
      });
      expect(kept[at], name).toEqual(expected);
      const isHead = name.startsWith('layers.1');
      expect(left[at], name).toEqual(
        data.map((value, place) => (isHead || expected[place] === 1 ? value : 0)),
      );
    }
  },
);
