import { oneOf, seed } from '../options/kinds.js';
import { inGroup, type OptionSchemas, withDefault } from '../options/option.js';
import type { BenchmarkDefinition } from './define.js';
import { permutations } from './permutation.js';
import { tasksOption } from './tasks.js';

export interface PermutedOptions {
  /** Tasks to learn, one after another. Default 10. */
  readonly tasks: number;
  /** Seed of the tasks' pixel orders, as Python's random.seed. Default 2024. */
  readonly permutationSeed: number;
  /** Whether the first task shuffles the pixels, too, or shows them as they are. Default permuted. */
  readonly firstTask: 'permuted' | 'natural';
}

const options: OptionSchemas<PermutedOptions> = inGroup('Tasks and data', {
  tasks: tasksOption(10),
  permutationSeed: withDefault(seed, 2024, "seed of the tasks' pixel orders, as Python's random.seed"),
  firstTask: withDefault(
    oneOf(['permuted', 'natural']),
    'permuted',
    'whether the first task shuffles the pixels, too, or shows them as they are',
  ),
});

/** Every task is the same data set behind a pixel permutation of its own, the same one for training and test. */
export const permuted: BenchmarkDefinition<PermutedOptions, 'permuted'> = {
  name: 'permuted',
  title: 'each task shuffles the pixels of any data set in its own fixed way',
  source: 'Goodfellow et al., An empirical investigation of catastrophic forgetting, 2013',
  scenarios: ['domain', 'task', 'class'],
  options,
  plan: ({ tasks, permutationSeed, firstTask }, { features }) => {
    const drawn = firstTask === 'natural' ? tasks - 1 : tasks;
    const shuffled = permutations(drawn, features, permutationSeed).map((columns) => ({ columns }));
    const shown = firstTask === 'natural' ? [{}, ...shuffled] : shuffled;
    return shown.map((split) => ({ train: split, test: split }));
  },
};

export const permutedMnist: BenchmarkDefinition<PermutedOptions, 'permuted-mnist'> = {
  ...permuted,
  name: 'permuted-mnist',
  title: 'each task shuffles the pixels in its own fixed way',
};
