import type { BenchmarkDefinition } from './define.js';
import { type SplitOptions, splitStream } from './split.js';

const tenInFive = { tasks: 5, classesPerTask: 2 };

export const splitMnist: BenchmarkDefinition<SplitOptions, 'split-mnist'> = splitStream(
  { name: 'split-mnist', title: 'each task has two of the ten digits', datasets: ['mnist'] },
  tenInFive,
);

/** For studies of seconds: 1,437 training images of 8 × 8 pixels. */
export const splitDigits: BenchmarkDefinition<SplitOptions, 'split-digits'> = splitStream(
  {
    name: 'split-digits',
    title: 'each task has two of the ten digits of 8 × 8 pixels',
    datasets: ['digits'],
  },
  tenInFive,
);

export const splitFashionMnist: BenchmarkDefinition<SplitOptions, 'split-fashion-mnist'> = splitStream(
  {
    name: 'split-fashion-mnist',
    title: 'each task has two of the ten kinds of clothes',
    datasets: ['fashion-mnist'],
  },
  tenInFive,
);

export const splitKmnist: BenchmarkDefinition<SplitOptions, 'split-kmnist'> = splitStream(
  { name: 'split-kmnist', title: 'each task has two of the ten hiragana', datasets: ['kmnist'] },
  tenInFive,
);

export const splitCifar10: BenchmarkDefinition<SplitOptions, 'split-cifar10'> = splitStream(
  { name: 'split-cifar10', title: 'each task has two of the ten classes of CIFAR-10', datasets: ['cifar10'] },
  tenInFive,
);

export const splitCifar100: BenchmarkDefinition<SplitOptions, 'split-cifar100'> = splitStream(
  {
    name: 'split-cifar100',
    title: 'each task has ten of the hundred classes of CIFAR-100',
    datasets: ['cifar100'],
  },
  { tasks: 10, classesPerTask: 10 },
);

export const splitCub200: BenchmarkDefinition<SplitOptions, 'split-cub200'> = splitStream(
  {
    name: 'split-cub200',
    title: 'each task has twenty of the two hundred kinds of birds',
    datasets: ['cub200'],
  },
  { tasks: 10, classesPerTask: 20 },
);
