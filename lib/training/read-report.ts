import { types } from 'node:util';
import { object, optional, type Readers, reading, refused, settle } from '../base/arguments.js';
import { kindOf, shown } from '../base/values.js';
import type { ReportPart, TaskCurve, TaskMeasure, TaskReport } from './report.js';

interface KeptPart {
  readonly measures?: TaskReport['measures'] | undefined;
  readonly curves?: TaskReport['curves'] | undefined;
}

/** Of a kind: a page with more pictures, or a file with more numbers a task, would serve nobody. */
const MOST_ENTRIES = 50;
const MOST_VALUES = 10_000;
const LONGEST_LABEL = 80;
const LONGEST_CAPTION = 300;

/**
 * The report with a part added; what it had under the same name is replaced.
 *
 * @param strategy - Its name, for messages.
 * @throws {ClTorchError} INVALID_ARGUMENT, naming the strategy, the entry and what is wrong with it.
 */
export function withPart(report: TaskReport, part: ReportPart, strategy: string): TaskReport {
  return refusing(strategy, () => {
    const { measures, curves } = entry<KeptPart>('The report', part, {
      measures: optional(entries((value, name) => entry<TaskMeasure>(name, value, measureReaders))),
      curves: optional(entries((value, name) => thinned(entry<TaskCurve>(name, value, curveReaders)))),
    });
    const result = {
      measures: { ...report.measures, ...measures },
      curves: { ...report.curves, ...curves },
      phases: report.phases,
    };
    for (const [kind, all] of Object.entries({ measures: result.measures, curves: result.curves })) {
      requirePhases(kind, all, report.phases);
    }
    return result;
  });
}

/** Runs what reads a strategy's values; its errors name the strategy. */
export function refusing<T>(strategy: string, read: () => T): T {
  try {
    return reading('The report', read);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refused(
      `The strategy '${strategy}' told what cannot be kept. ${reason} See docs/strategies.md.`,
      error,
    );
  }
}

/** @throws {ClTorchError} INVALID_ARGUMENT. */
export function readName(value: unknown, name: string): string {
  if (typeof value === 'string' && value.length <= 60 && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value))
    return value;
  throw refused(`${name} must be lower-case letters and digits, words joined by -; found ${shown(value)}.`);
}

/** Words for people: no control characters, which would reach the terminal. Throws INVALID_ARGUMENT. */
export function readLabel(value: unknown, name: string): string {
  return words(value, name, LONGEST_LABEL);
}

function words(value: unknown, name: string, longest: number): string {
  if (typeof value === 'string' && value !== '' && value.length <= longest && !/\p{C}/u.test(value))
    return value;
  throw refused(
    `${name} must be 1 to ${longest} letters, without control characters; found ${shown(value)}.`,
  );
}

function number(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  throw refused(`${name} must be a number; found ${shown(value)}.`);
}

function numberOrNull(value: unknown, name: string): number | null {
  if (value === null || typeof value === 'number') return value;
  throw refused(`${name} must be a number or null; found ${shown(value)}.`);
}

function numbers(value: unknown, name: string): number[] {
  if (Array.isArray(value)) return value.map((each, i) => number(each, `${name}[${i}]`));
  if (types.isTypedArray(value))
    return Array.from(value as Iterable<unknown>, (each, i) => number(each, `${name}[${i}]`));
  throw refused(`${name} must be an array of numbers; found ${kindOf(value)}.`);
}

function step(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw refused(`${name} must be a number above 0; found ${shown(value)}.`);
}

function finite(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw refused(`${name} must be a finite number; found ${shown(value)}.`);
}

const measureReaders: Readers<TaskMeasure> = {
  label: readLabel,
  value: numberOrNull,
  before: optional(numberOrNull),
  unit: optional(readLabel),
  phase: optional(readName),
  digits: optional((value, name) => {
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 20) return value as number;
    throw refused(`${name} must be a whole number from 0 to 20; found ${shown(value)}.`);
  }),
  line: optional((value, name) => (value === null ? null : readLabel(value, name))),
};

const curveReaders: Readers<TaskCurve> = {
  label: readLabel,
  phase: optional(readName),
  x: (value, name) =>
    entry<TaskCurve['x']>(name, value, { label: readLabel, first: optional(finite), every: optional(step) }),
  y: (value, name) => entry<TaskCurve['y']>(name, value, { label: readLabel, unit: optional(readLabel) }),
  values: numbers,
  ends: optional((value, name) => {
    if (Array.isArray(value) && value.length === 2) {
      return [numberOrNull(value[0], `${name}[0]`), numberOrNull(value[1], `${name}[1]`)] as const;
    }
    throw refused(`${name} must be two numbers, before and after; found ${shown(value)}.`);
  }),
  guides: optional((value, name) => numbers(value, name).map((each, i) => finite(each, `${name}[${i}]`))),
  caption: optional((value, name) => words(value, name, LONGEST_CAPTION)),
};

/** An object that has these properties and no other, without those that are undefined. */
export function entry<T extends object>(name: string, value: unknown, readers: Readers<T>): T {
  const unknown = Object.keys(object(value, name)).filter((key) => !Object.hasOwn(readers, key));
  if (unknown.length > 0) {
    throw refused(`${name} has ${unknown.join(', ')}, which is none of ${Object.keys(readers).join(', ')}.`);
  }
  const read = Object.entries(settle<T>(name, value, readers)).filter(([, each]) => each !== undefined);
  return Object.fromEntries(read) as T;
}

function entries<T>(
  read: (value: unknown, name: string) => T,
): (value: unknown, name: string) => Record<string, T> {
  return (value, name) => {
    const all = Object.entries(object(value, name));
    if (all.length > MOST_ENTRIES) {
      throw refused(
        `${name} has ${all.length} entries, and at most ${MOST_ENTRIES} are kept. Tell a curve instead.`,
      );
    }
    return Object.fromEntries(
      all.map(([key, each]) => [readName(key, `A name in ${name}`), read(each, `${name}.${key}`)]),
    );
  };
}

/** A long curve with every n-th of its values only. */
function thinned(curve: TaskCurve): TaskCurve {
  const { x, values } = curve;
  if (values.length <= MOST_VALUES) return curve;
  const stride = Math.ceil(values.length / MOST_VALUES);
  return {
    ...curve,
    x: { ...x, every: (x.every ?? 1) * stride },
    values: values.filter((_, i) => i % stride === 0),
  };
}

function requirePhases(
  kind: string,
  all: Readonly<Record<string, { readonly phase?: string | undefined }>>,
  phases: TaskReport['phases'],
): void {
  for (const [name, { phase }] of Object.entries(all)) {
    if (phase === undefined || Object.hasOwn(phases, phase)) continue;
    const known = Object.keys(phases).join(', ') || 'none';
    throw refused(`${kind}.${name} is of the phase '${phase}', and of this task there are: ${known}.`);
  }
}
