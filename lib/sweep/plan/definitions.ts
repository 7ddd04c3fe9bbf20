import { resolve } from 'node:path';
import type { BenchmarkDefinition } from '../../benchmarks/define.js';
import { isFileName, loadBenchmarkFile, loadStrategyFile } from '../../config/from-file.js';
import type { Domain } from '../../search/space.js';
import type { StrategyDefinition } from '../../training/definition.js';
import type { SweepSpec } from './types.js';

/** The custom strategies and benchmarks of a sweep, by the absolute paths of their files. */
export interface Definitions {
  readonly strategies: ReadonlyMap<string, StrategyDefinition>;
  readonly benchmarks: ReadonlyMap<string, BenchmarkDefinition>;
}

/** The definition in the place of a file's path; another name as it is. */
export function definitionOf<Entry>(name: unknown, own: ReadonlyMap<string, Entry>): unknown {
  return own.get(String(name)) ?? name;
}

/**
 * Loads the files that a sweep names.
 * @throws {ClTorchError} CONFIG_INVALID when one cannot be used.
 */
export async function loadDefinitions({
  options,
  methods,
}: Pick<SweepSpec, 'options' | 'methods'>): Promise<Definitions> {
  return {
    strategies: await loaded(filesOf(methods.strategy, options.strategy), loadStrategyFile),
    benchmarks: await loaded(filesOf(methods.benchmark, options.benchmark), loadBenchmarkFile),
  };
}

/** A file's name as an absolute path: whoever works on the sweep, from wherever, finds it. */
export function absoluteFile(value: unknown): unknown {
  return typeof value === 'string' && isFileName(value) ? resolve(value) : value;
}

function filesOf(domain: Domain | undefined, single: unknown): string[] {
  const names = domain?.kind === 'choice' ? domain.values : [single];
  return names.filter((name): name is string => typeof name === 'string' && isFileName(name));
}

async function loaded<Definition>(
  files: readonly string[],
  load: (file: string) => Promise<Definition>,
): Promise<Map<string, Definition>> {
  return new Map(await Promise.all(files.map(async (file) => [file, await load(file)] as const)));
}
