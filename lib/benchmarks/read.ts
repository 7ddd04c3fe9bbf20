import { ClTorchError } from '../base/errors.js';
import { readParts, requireDefinition } from '../options/definition.js';
import type { BenchmarkDefinition, TasksOption } from './define.js';
import { benchmarks } from './index.js';

const PARTS: readonly (keyof BenchmarkDefinition)[] = [
  'name',
  'title',
  'source',
  'scenarios',
  'datasets',
  'options',
  'plan',
];

/**
 * A benchmark that a caller gave, read once: what becomes of the caller's object afterwards changes nothing.
 * @throws {ClTorchError} CONFIG_INVALID when it cannot be used.
 */
export function readBenchmark<Options extends TasksOption>(
  own: BenchmarkDefinition<Options>,
): BenchmarkDefinition<Options> {
  if (benchmarks.some((benchmark: object) => benchmark === own)) return own;
  const { plan, options, ...read } = readParts(own, PARTS, invalid);
  const names = benchmarks.map(({ name }) => name);
  requireDefinition({ ...read, options }, names, invalid);
  if (!Object.hasOwn(options ?? {}, 'tasks')) {
    throw invalid('its options must have tasks, how many tasks there are (option.tasks makes it)');
  }
  if (!Array.isArray(read.scenarios))
    throw invalid("scenarios must be a list of 'task', 'domain' and 'class'");
  if (typeof plan !== 'function') throw invalid('plan must be a function that returns the tasks');
  return { ...read, options: { ...options }, plan: (config, data) => plan.call(own, config, data) };
}

function invalid(problem: string): ClTorchError {
  return new ClTorchError(
    'CONFIG_INVALID',
    `The benchmark given as an object cannot be used: ${problem} (docs/benchmarks.md).`,
  );
}
