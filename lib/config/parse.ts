import { inspect } from 'node:util';
import type { z } from 'zod';
import { ClTorchError } from '../errors.js';
import { applyPreset, impossibleCombinations } from './combinations.js';
import { type CommonOptions, commonOptions } from './common.js';
import { oneOf } from './kinds.js';
import { nearest } from './nearest.js';
import type { OptionDescription, OptionSchemas } from './option.js';
import {
  anyStrategySchema,
  type ConfiguredWith,
  describeOptions,
  type ExperimentConfig,
  schemaFor,
  strategiesWith,
  strategyNames,
} from './schema.js';
import type { TrainingOptions } from './training.js';

/** The options that all strategies have in one use of the package, and how its users know them. */
export interface Vocabulary<Options> {
  readonly common: OptionSchemas<Options>;
  /** Whether an option is a flag of the command line, too. */
  readonly flags: boolean;
}

const experiment: Vocabulary<CommonOptions> = { common: commonOptions, flags: true };

/**
 * Checks a configuration and fills in the defaults.
 *
 * @throws {ClTorchError} CONFIG_INVALID, listing every problem: the key, the values it takes, what was found.
 */
export function parseConfig(input: unknown): ExperimentConfig {
  return parseWith(experiment, input);
}

/** The same with other options than an experiment's. */
export function parseWith<Options extends TrainingOptions>(
  vocabulary: Vocabulary<Options>,
  input: unknown,
): ConfiguredWith<Options> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid([`expected an object such as { "strategy": "${strategyNames[0]}" }, found ${show(input)}`]);
  }
  const { common } = vocabulary;
  const strategy = strategyNames.find((name) => 'strategy' in input && input.strategy === name);
  const schema = strategy ? schemaFor(strategy, common) : anyStrategySchema(common);
  const options = describeOptions(common);
  const outcome = schema.safeParse(input, { reportInput: true });
  if (!outcome.success) {
    throw invalid(outcome.error.issues.flatMap((issue) => explain(issue, options, vocabulary.flags)));
  }
  const config = applyPreset(outcome.data as ConfiguredWith<Options>);
  const problems = impossibleCombinations(config, input, (key) => nameOf(key, options, vocabulary.flags));
  if (problems.length > 0) throw invalid(problems);
  return config;
}

/** The error of a configuration with these problems. */
export function invalid(problems: readonly string[]): ClTorchError {
  const heading = problems.length > 1 ? `has ${problems.length} problems:\n  - ` : 'has a problem: ';
  return new ClTorchError('CONFIG_INVALID', `The configuration ${heading}${problems.join('\n  - ')}`);
}

function explain(issue: z.core.$ZodIssue, options: readonly OptionDescription[], flags: boolean): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => explainUnknownKey(key, options));
  const [key, ...inner] = issue.path.map(String);
  const option = options.find((known) => known.key === key);
  const label = nameOf(key ?? '', options, flags, inner.map((index) => `[${index}]`).join(''));
  if (issue.code === 'custom') return [`${label}: ${issue.message}`];
  const expected = option?.expected ?? oneOf(strategyNames).expected;
  return [`${label}: expected ${expected}, found ${show(issue.input)}`];
}

/** `memorySize (--memory-size)` where options are flags, too; `inner` is a place in the value. */
function nameOf(key: string, options: readonly OptionDescription[], flags: boolean, inner = ''): string {
  const option = options.find((known) => known.key === key);
  return `${key}${inner}${option && flags ? ` (${option.flag})` : ''}`;
}

function explainUnknownKey(key: string, options: readonly OptionDescription[]): string {
  const others = strategiesWith(key);
  if (others.length > 0) return `"${key}": an option of ${others.join(', ')}, not of this strategy`;
  const keys = ['strategy', ...options.map((option) => option.key)];
  const meant = nearest(key, keys);
  const hint = meant === undefined ? `the keys are ${keys.join(', ')}` : `did you mean "${meant}"?`;
  return `"${key}": unknown key; ${hint}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return inspect(value, {
    depth: 1,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 20,
    maxStringLength: 60,
  });
}
