import { describe, expect, test } from 'vitest';
import { permutedMnist } from '../../lib/benchmarks/permuted.js';
import { streamOf } from '../../lib/benchmarks/stream.js';
import { runExperiment } from '../../lib/index.js';

const common = {
  strategy: 'er',
  benchmark: 'split',
  dataset: 'digits',
  epochs: 1,
  hidden: [16],
  memorySize: 20,
  rehearsal: 8,
  device: 'cpu',
  threads: 1,
} as const;

describe.each(['class', 'task', 'domain'] as const)(
  'a %s-incremental stream without its first two tasks',
  (scenario) => {
    test('is the stream of the other classes alone, bit for bit', { timeout: 60_000 }, async () => {
      const left = await runExperiment({ ...common, scenario, tasks: 3, skipTasks: 2 });
      const alone = await runExperiment({ ...common, scenario, tasks: 3, classOrder: [4, 5, 6, 7, 8, 9] });
      expect(left.parametersDigest).toBe(alone.parametersDigest);
      expect(left.accuracy).toEqual(alone.accuracy);
      expect(left.accuracyTaskAware).toEqual(alone.accuracyTaskAware);
    });
  },
);

test('permutations are those that the stream has at these places', () => {
  const data = {
    input: [9],
    features: 9,
    classes: 2,
    trainLabels: new Uint8Array([0, 1]),
    testLabels: new Uint8Array([0, 1]),
  };
  const options = { permutationSeed: 2024, firstTask: 'natural' } as const;
  const whole = permutedMnist.plan({ ...options, tasks: 5 }, data);
  const left = streamOf(permutedMnist, { ...options, tasks: 3, skipTasks: 2 }, data);
  expect(left).toEqual(whole.slice(2));
});
