import type { BenchmarkDefinition } from './define.js';
import { permuted, permutedMnist } from './permuted.js';
import { rotated, rotatedMnist } from './rotated.js';
import { split } from './split.js';
import {
  splitCifar10,
  splitCifar100,
  splitCub200,
  splitDigits,
  splitFashionMnist,
  splitKmnist,
  splitMnist,
} from './split-entries.js';

/** The built-in benchmarks; the first one is the default. The only place that lists them. */
export const benchmarks: readonly [
  typeof permutedMnist,
  typeof rotatedMnist,
  typeof splitMnist,
  typeof splitFashionMnist,
  typeof splitKmnist,
  typeof splitDigits,
  typeof splitCifar10,
  typeof splitCifar100,
  typeof splitCub200,
  typeof permuted,
  typeof rotated,
  typeof split,
] = [
  permutedMnist,
  rotatedMnist,
  splitMnist,
  splitFashionMnist,
  splitKmnist,
  splitDigits,
  splitCifar10,
  splitCifar100,
  splitCub200,
  permuted,
  rotated,
  split,
];

type Entry = (typeof benchmarks)[number];

export type BenchmarkName = Entry['name'];

/** The options of each. */
export type BenchmarkOptions = {
  readonly [Each in Entry as Each['name']]: Each extends BenchmarkDefinition<infer Options> ? Options : never;
};

/** The built-in benchmark of this name, if there is one. */
export function benchmarkNamed(name: unknown): BenchmarkDefinition | undefined {
  return benchmarks.find((benchmark) => benchmark.name === name);
}
