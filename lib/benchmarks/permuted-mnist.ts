import { seed } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { BenchmarkDefinition } from './define.js';
import { permutations } from './permutation.js';
import { tasksOption } from './tasks.js';

export interface PermutedOptions {
  /** Tasks to learn, one after another. Default 10. */
  readonly tasks: number;
  /** Seed of the tasks' pixel orders, as Python's random.seed. Default 2024. */
  readonly permutationSeed: number;
}

/** Every task is the same data set behind a pixel permutation of its own, the same one for training and test. */
export const permutedMnist: BenchmarkDefinition<PermutedOptions, 'permuted-mnist'> = {
  name: 'permuted-mnist',
  title: 'each task shuffles the pixels in its own fixed way',
  source: 'Goodfellow et al., An empirical investigation of catastrophic forgetting, 2013',
  scenarios: ['domain'],
  options: inGroup('Tasks and data', {
    tasks: tasksOption(10),
    permutationSeed: withDefault(seed, 2024, "seed of the tasks' pixel orders, as Python's random.seed"),
  }),
  plan: ({ tasks, permutationSeed }, { features }) =>
    permutations(tasks, features, permutationSeed).map((columns) => ({
      train: { columns },
      test: { columns },
    })),
};
