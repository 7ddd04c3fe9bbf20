import { inspect } from 'node:util';
import type { z } from 'zod';
import { ClTorchError } from '../errors.js';
import { applyPreset, impossibleCombinations } from './combinations.js';
import { oneOf } from './kinds.js';
import { nearest } from './nearest.js';
import {
  anyStrategySchema,
  describeOptions,
  type ExperimentConfig,
  schemaFor,
  strategiesWith,
  strategyNames,
} from './schema.js';

/**
 * Checks a configuration and fills in the defaults.
 *
 * @throws {ClTorchError} CONFIG_INVALID, listing every problem: the key, the values it takes, what was found.
 */
export function parseConfig(input: unknown): ExperimentConfig {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid([`expected an object such as { "strategy": "${strategyNames[0]}" }, found ${show(input)}`]);
  }
  const strategy = strategyNames.find((name) => 'strategy' in input && input.strategy === name);
  const outcome = (strategy ? schemaFor(strategy) : anyStrategySchema).safeParse(input, {
    reportInput: true,
  });
  if (!outcome.success) throw invalid(outcome.error.issues.flatMap(explain));
  const config = applyPreset(outcome.data as ExperimentConfig);
  const problems = impossibleCombinations(config, input);
  if (problems.length > 0) throw invalid(problems);
  return config;
}

function invalid(problems: readonly string[]): ClTorchError {
  const heading = problems.length > 1 ? `has ${problems.length} problems:\n  - ` : 'has a problem: ';
  return new ClTorchError('CONFIG_INVALID', `The configuration ${heading}${problems.join('\n  - ')}`);
}

function explain(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(explainUnknownKey);
  const [key, ...inner] = issue.path.map(String);
  const option = describeOptions().find((known) => known.key === key);
  const name = [key, ...inner.map((index) => `[${index}]`)].join('');
  const label = option ? `${name} (${option.flag})` : name;
  if (issue.code === 'custom') return [`${label}: ${issue.message}`];
  const expected = option?.expected ?? oneOf(strategyNames).expected;
  return [`${label}: expected ${expected}, found ${show(issue.input)}`];
}

function explainUnknownKey(key: string): string {
  const others = strategiesWith(key);
  if (others.length > 0) return `"${key}": an option of ${others.join(', ')}, not of this strategy`;
  const keys = ['strategy', ...describeOptions().map((option) => option.key)];
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
