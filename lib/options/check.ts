import type { z } from 'zod';
import { ClTorchError, messageOf } from '../base/errors.js';
import { shown } from '../base/values.js';
import { describe, type OptionSchemas, type OptionTable } from './option.js';

/** Above the length of every list that an option takes. */
const LONGEST_LIST = 2000;

/** How a caller knows an option: by its key, and where options are flags by these, too. */
export type NameOf = (key: string) => string;

/** How users of the command line know a set of options: `memorySize (--memory-size)`. */
export function flagNames(options: object): NameOf {
  const names = new Map(describe(options as OptionTable).map(({ key, flag }) => [key, `${key} (${flag})`]));
  return (key) => names.get(key) ?? key;
}

/** The values of a set of options, or what is wrong with them. */
export interface Checked {
  readonly values: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/** Checks what was given for each option of a set and fills in the defaults. Other keys are not looked at. */
export function checkOptions(
  options: object,
  given: Readonly<Record<string, unknown>>,
  name: NameOf,
): Checked {
  const values: Record<string, unknown> = {};
  const problems = new Set<string>();
  for (const [key, { schema, expected }] of Object.entries(options as OptionTable)) {
    const { data, issues } = parsed(schema, given[key]);
    for (const issue of issues) {
      const label = labelOf(name(key), issue.path);
      const custom = issue.code === 'custom' ? issue.message : undefined;
      problems.add(`${label}: ${custom ?? `expected ${expected}, found ${found(issue.input)}`}`);
    }
    if (issues.length === 0 && data !== undefined) values[key] = data;
  }
  return { values, problems: [...problems] };
}

/**
 * The values of one set of options by itself, checked, each with its default.
 * @throws {ClTorchError} CONFIG_INVALID, with every problem.
 */
export function parseOptions<Options>(options: OptionSchemas<Options>, given: object): Options {
  const { values, problems } = checkOptions(options, given as Record<string, unknown>, flagNames(options));
  if (problems.length > 0) throw invalid(problems);
  return values as Options;
}

/** A value may be an object that cannot even be looked at. */
function parsed(
  schema: z.ZodType,
  value: unknown,
): { readonly data?: unknown; readonly issues: readonly z.core.$ZodIssue[] } {
  try {
    const outcome = schema.safeParse(value, { reportInput: true });
    return outcome.success ? { data: outcome.data, issues: [] } : { issues: outcome.error.issues };
  } catch (error) {
    throw invalid([`it cannot be read: ${messageOf(error)}`], error);
  }
}

/** `hidden[1] (--hidden)`: the place in the value stands behind the key. */
function labelOf(name: string, path: readonly PropertyKey[]): string {
  const place = path.map((index) => `[${String(index)}]`).join('');
  return name.replace(/^\w+/, (key) => `${key}${place}`);
}

/**
 * The values that a caller gave, each read once: what becomes of the caller's object and its arrays afterwards changes
 * nothing. What is undefined counts as left out.
 *
 * @param known - Keys that are read even where they cannot be listed, as the getters of a class.
 * @throws {ClTorchError} CONFIG_INVALID for what is no object or cannot be read.
 */
export function readInput(
  input: unknown,
  known: readonly string[],
  example: string,
): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid([`expected an object such as ${example}, found ${found(input)}`]);
  }
  const given: Record<string, unknown> = Object.create(null); // a key may be __proto__
  try {
    const keys = new Set(known);
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

/** A value as messages show it. */
export function found(value: unknown): string {
  return value === undefined ? 'nothing' : shown(value);
}
