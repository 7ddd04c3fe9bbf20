import { ClTorchError } from '../base/errors.js';
import { shown } from '../base/values.js';
import type { Domain, Interval, Setting, Space } from './space.js';

/** Digits of a number that is drawn from an interval: finer differences are never worth a run of their own. */
const SIGNIFICANT_DIGITS = 4;

/** How many values a domain has; Infinity for an interval whose every number may be taken. */
export function sizeOf(domain: Domain): number {
  if (domain.kind === 'choice') return domain.values.length;
  return pointsOf(domain)?.length ?? Number.POSITIVE_INFINITY;
}

/** The domain's value of that number, which is below {@link sizeOf}. */
export function valueAt(domain: Domain, index: number): unknown {
  return (domain.kind === 'choice' ? domain.values : pointsOf(domain))?.[index];
}

/**
 * Which of the domain's values it is: equal as JSON, since settings come back from files; of points the nearest one.
 * @throws {ClTorchError} INVALID_ARGUMENT when a choice has no such value.
 */
export function indexOf(domain: Domain, value: unknown, name: string): number {
  if (domain.kind === 'interval') return nearest(pointsOf(domain) ?? [], numberOf(value, name));
  const wanted = JSON.stringify(value);
  const index = domain.values.findIndex((known) => JSON.stringify(known) === wanted);
  if (index >= 0) return index;
  throw new ClTorchError(
    'INVALID_ARGUMENT',
    `${name}: an earlier setting has ${shown(value)}, which is none of its ${domain.values.length} choices. Search on with the space that the earlier settings came from.`,
  );
}

/** The number at a place from 0 (`low`) to 1 (`high`), on the interval's own scale, rounded but never out of its bounds. */
export function numberAt(interval: Interval, place: number): number {
  const { low, high, scale } = interval;
  const number = scale === 'log' ? low * (high / low) ** place : low + (high - low) * place;
  const rounded = Number(number.toPrecision(digitsOf(interval)));
  return Math.min(high, Math.max(low, rounded));
}

/**
 * The inverse of {@link numberAt} but for the rounding.
 * @throws {ClTorchError} INVALID_ARGUMENT when it is no number.
 */
export function placeOf({ low, high, scale }: Interval, value: unknown, name: string): number {
  const number = Math.min(high, Math.max(low, numberOf(value, name)));
  return scale === 'log' ? Math.log(number / low) / Math.log(high / low) : (number - low) / (high - low);
}

/** What tells two settings of a space apart. */
export function identity(space: Space, setting: Setting): string {
  return JSON.stringify(Object.keys(space).map((name) => setting[name]));
}

/** An interval's only numbers, or undefined when it has more than can be told one by one. */
function pointsOf({ points, low, high }: Interval): readonly number[] | undefined {
  return low === high ? [low] : points;
}

/** Four significant digits, and one more for each power of ten by which an interval is narrower than it is far from 0. */
function digitsOf({ low, high }: Interval): number {
  const narrowness = Math.max(Math.abs(low), Math.abs(high)) / (high - low);
  return Math.min(17, SIGNIFICANT_DIGITS + Math.max(0, Math.floor(Math.log10(narrowness))));
}

function nearest(points: readonly number[], number: number): number {
  let best = 0;
  points.forEach((point, index) => {
    if (Math.abs(point - number) < Math.abs((points[best] as number) - number)) best = index;
  });
  return best;
}

function numberOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new ClTorchError(
    'INVALID_ARGUMENT',
    `${name}: an earlier setting has ${shown(value)}, where its space has numbers. Search on with the space that the earlier settings came from.`,
  );
}
