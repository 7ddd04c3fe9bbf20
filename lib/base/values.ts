import { inspect, types } from 'node:util';

const LONGEST = 200;

/**
 * A value as messages show it: on one line, cut where it is long, and never mistaken for one of another type: `'3'`, `3n`
 * and `[ 3 ]` are told from `3`. Runs no code of the value's.
 */
export function shown(value: unknown): string {
  const text = inspected(value).replace(/\s*\n\s*/g, ' ');
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** What a value is, for values that would be too long to show: `Float64Array`, `Array`, …; a primitive is shown. */
export function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return shown(value);
  const name = property(property(value, 'constructor'), 'name');
  const kind = typeof name === 'string' && name !== '' ? name : 'an object';
  return types.isProxy(value) ? `a Proxy of ${kind}` : kind; // such as a framework's observed one; no typed array works so
}

/** A property of anything; undefined where there is none or it cannot be read. */
export function property(value: unknown, key: string): unknown {
  if (value === undefined || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function inspected(value: unknown): string {
  try {
    return inspect(value, {
      depth: 1,
      breakLength: Number.POSITIVE_INFINITY,
      maxArrayLength: 20,
      maxStringLength: 60,
      customInspect: false,
    });
  } catch {
    return 'a value that cannot be shown'; // a getter behind Symbol.toStringTag may throw
  }
}
