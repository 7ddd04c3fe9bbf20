import type { z } from 'zod';
import { ClTorchError, messageOf } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import { shown } from '../base/values.js';
import { adviceFor, keyForAlias } from './aliases.js';
import { applyPreset, impossibleCombinations } from './combinations.js';
import { type CommonOptions, commonOptions } from './common.js';
import { oneOf } from './kinds.js';
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

/** Above the length of every list that an option takes. */
const LONGEST_LIST = 100;

export const experiment: Vocabulary<CommonOptions> = { common: commonOptions, flags: true };

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
  const { common } = vocabulary;
  const given = readInput(vocabulary, input);
  const strategy = strategyNames.find((name) => given.strategy === name);
  const schema = strategy ? schemaFor(strategy, common) : anyStrategySchema(common);
  const options = describeOptions(common);
  const outcome = checkedBy(schema, given, (issue) => explain(issue, options, vocabulary.flags));
  if (outcome.problems) throw invalid(outcome.problems);
  const config = applyPreset(outcome.data as ConfiguredWith<Options>);
  const problems = impossibleCombinations(config, given, (key) => nameOf(key, options, vocabulary.flags));
  if (problems.length > 0) throw invalid(problems);
  for (const value of Object.values(config)) Object.freeze(value);
  return Object.freeze(config);
}

type Outcome = { readonly data?: unknown; readonly problems?: readonly string[] };

/** Each problem once. A value may be an object that cannot even be looked at. */
function checkedBy(
  schema: z.ZodType,
  given: object,
  explained: (issue: z.core.$ZodIssue) => string[],
): Outcome {
  try {
    const outcome = schema.safeParse(given, { reportInput: true });
    if (outcome.success) return { data: outcome.data };
    return { problems: [...new Set(outcome.error.issues.flatMap(explained))] };
  } catch (error) {
    throw invalid([`it cannot be read: ${messageOf(error)}`], error);
  }
}

/**
 * The options that a caller gave, each read once: what becomes of the caller's object and its arrays afterwards changes
 * nothing. What is undefined counts as left out.
 *
 * @throws {ClTorchError} CONFIG_INVALID for what is no object or cannot be read.
 */
export function readInput<Options>(
  { common }: Vocabulary<Options>,
  input: unknown,
): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid([`expected an object such as { "strategy": "${strategyNames[0]}" }, found ${show(input)}`]);
  }
  const given: Record<string, unknown> = Object.create(null); // a key may be __proto__
  try {
    // Getters of a class are not among the keys that can be listed.
    const keys = new Set(['strategy', ...describeOptions(common).map(({ key }) => key)]);
    for (const key in input) keys.add(key);
    for (const key of keys) {
      const value = (input as Record<string, unknown>)[key];
      if (value !== undefined) given[key] = Array.isArray(value) ? beginning(value) : value;
    }
  } catch (error) {
    throw invalid([`it cannot be read: ${messageOf(error)}`], error);
  }
  return given;
}

/** Enough of a list to check and to show it: no option takes more. */
function beginning(list: readonly unknown[]): unknown[] {
  return Array.from({ length: Math.min(list.length, LONGEST_LIST) }, (_, i) => list[i]);
}

/** The error of a configuration with these problems. */
export function invalid(problems: readonly string[], cause?: unknown): ClTorchError {
  const heading = problems.length > 1 ? `has ${problems.length} problems:\n  - ` : 'has a problem: ';
  return new ClTorchError(
    'CONFIG_INVALID',
    `The configuration ${heading}${problems.join('\n  - ')}`,
    cause === undefined ? undefined : { cause },
  );
}

function explain(issue: z.core.$ZodIssue, options: readonly OptionDescription[], flags: boolean): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => explainUnknownKey(key, options, flags));
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

function explainUnknownKey(key: string, options: readonly OptionDescription[], flags: boolean): string {
  const others = strategiesWith(key);
  if (others.length > 0) return `"${key}": an option of ${others.join(', ')}, not of this strategy`;
  const keys = ['strategy', ...options.map((option) => option.key)];
  const advice = flags ? adviceFor(key) : undefined;
  const alias = keys.find((known) => known === keyForAlias(key));
  const meant = alias ?? (advice === undefined ? nearest(key, keys) : undefined);
  if (meant !== undefined) return `"${key}": unknown key; did you mean "${meant}"?`;
  return `"${key}": unknown key; the keys are ${keys.join(', ')}${advice === undefined ? '' : `; ${advice}`}`;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : shown(value);
}
