import type { BenchmarkDefinition } from '../benchmarks/define.js';
import { benchmarks } from '../benchmarks/index.js';
import { readBenchmark } from '../benchmarks/read.js';
import { findNetwork, networks } from '../networks/index.js';
import { collisionOf, strategies, strategyNamed } from '../strategies/index.js';
import { readStrategy } from '../strategies/read.js';
import type { StrategyDefinition } from '../training/definition.js';
import { type Configured, configure } from './configure.js';
import { type CustomEntries, describeAll, type OwnedDescription } from './describe.js';
import { benchmarkOption, type CommonOptions, commonOptions, networkOption } from './experiment.js';
import type { ExperimentConfig } from './types.js';
import type { Choice, Vocabulary } from './vocabulary.js';

export const strategyChoice: Choice = {
  key: 'strategy',
  entries: strategies,
  find: strategyNamed,
  explain: collisionOf,
  read: (own: StrategyDefinition) => readStrategy(own),
};

export const networkChoice: Choice = {
  key: 'network',
  entries: networks,
  find: findNetwork,
  option: networkOption,
};

const benchmarkChoice: Choice = {
  key: 'benchmark',
  entries: benchmarks,
  option: benchmarkOption,
  read: (own: BenchmarkDefinition) => readBenchmark(own),
};

/** What the configuration of an experiment may hold. */
export const experiment: Vocabulary<CommonOptions> = {
  choices: [strategyChoice, benchmarkChoice, networkChoice],
  common: commonOptions,
  flags: true,
};

/** A checked configuration of an experiment and what it is made of. */
export interface Experiment extends Omit<Configured, 'config' | 'benchmark' | 'given'> {
  /** Of a custom strategy or benchmark: with its name. */
  readonly config: ExperimentConfig;
  readonly benchmark: BenchmarkDefinition;
}

/**
 * Checks the configuration of an experiment, fills in the defaults and finds what it names.
 * @throws {ClTorchError} CONFIG_INVALID, listing every problem: the key, the values it takes, what was found.
 */
export function parseExperiment(input: unknown): Experiment {
  return configure(experiment, input) as unknown as Experiment;
}

/** The configuration alone, with every default filled in. Throws as {@link parseExperiment}. */
export function parseConfig(input: unknown): ExperimentConfig {
  return parseExperiment(input).config;
}

/**
 * Every option of an experiment, those of single strategies first, for help and the command line.
 * @param custom - Strategies and benchmarks of the caller's own.
 */
export function describeOptions(custom: CustomEntries = {}): OwnedDescription[] {
  return describeAll(experiment, custom);
}
