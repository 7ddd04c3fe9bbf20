import { isDeepStrictEqual } from 'node:util';
import { ClTorchError, messageOf } from '../../base/errors.js';
import { shown } from '../../base/values.js';
import { valueOfText } from '../../options/from-text.js';
import type { Option } from '../../options/option.js';
import type { Domain, Interval } from '../../search/space.js';

/** More values of one option than anybody tries. */
const MOST_VALUES = 10_000;
/** Whole numbers that `log(a,b)` stands for at most. */
const MOST_WHOLE = 33;

type Readable = Pick<Option<unknown>, 'form' | 'schema'>;

/**
 * The values that one option is swept over: a list, or `range(a,b)`, `range(a,b,step)`, `log(a,b)`, `log(a,b,count)` or
 * `choice(a,b,…)`. In a text, values that are lists themselves are parted by semicolons: `100,100;400,400`.
 *
 * @param option - How its values are written, and which it takes; undefined for an option that there is none of, which the
 * check of the runs refuses.
 * @throws {ClTorchError} CONFIG_INVALID, naming the key.
 */
export function readDomain(key: string, given: unknown, option: Readable | undefined): Domain {
  const form = option?.form ?? 'word or numbers';
  if (Array.isArray(given)) return choiceOf(key, given);
  if (typeof given !== 'string') return choiceOf(key, [given]);
  const call = /^\s*(range|log|choice)\s*\((.*)\)\s*$/s.exec(given);
  const [, name, inside = ''] = call ?? [];
  if (name === 'range' || name === 'log') return intervalOf(key, name, numbersOf(key, given, inside), option);
  const list = name === 'choice' ? inside : given;
  const parts = list.split(list.includes(';') ? ';' : ',').map((part) => part.trim());
  return choiceOf(
    key,
    parts.map((part) => valueOfText(form, part)),
  );
}

function choiceOf(key: string, values: readonly unknown[]): Domain {
  if (values.length === 0 || values.includes('') || values.length > MOST_VALUES) {
    throw refused(key, `expected 1 to ${MOST_VALUES} values, found ${shown(values)}`);
  }
  const twice = values.find((value, i) => values.findIndex((each) => isDeepStrictEqual(each, value)) < i);
  if (twice !== undefined) throw refused(key, `${shown(twice)} is there twice`);
  return { kind: 'choice', values };
}

function numbersOf(key: string, given: string, inside: string): number[] {
  const numbers = inside.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const isRight = numbers.every(Number.isFinite) && (numbers.length === 2 || numbers.length === 3);
  if (isRight) return numbers;
  throw refused(key, `expected two numbers and perhaps a third one in the brackets, found ${given}`);
}

function intervalOf(
  key: string,
  name: 'range' | 'log',
  [low = 0, high = 0, third]: readonly number[],
  option: Readable | undefined,
): Interval {
  if (!(low < high)) throw refused(key, `the first number, ${low}, must be below the second, ${high}`);
  const scale = name === 'log' ? 'log' : 'linear';
  if (scale === 'log' && low <= 0)
    throw refused(key, `log needs numbers above 0, found ${low}; range takes others`);
  const points = pointsOf(key, { scale, low, high }, third, option !== undefined && isWhole(option, low));
  return { kind: 'interval', scale, low, high, ...(points ? { points } : {}) };
}

/** Whether an option takes this number and none between it and the next whole one. */
function isWhole({ schema }: Readable, low: number): boolean {
  try {
    return schema.safeParse(low).success && !schema.safeParse(low + 0.5).success;
  } catch (error) {
    throw refused('a value', messageOf(error));
  }
}

function pointsOf(
  key: string,
  { scale, low, high }: Pick<Interval, 'scale' | 'low' | 'high'>,
  third: number | undefined,
  wholeOnly: boolean,
): readonly number[] | undefined {
  if (scale === 'linear') {
    const step = third ?? (wholeOnly ? 1 : undefined);
    if (step === undefined) return undefined;
    if (!(step > 0)) throw refused(key, `the step must be above 0, found ${step}`);
    const count = Math.floor((high - low) / step + 1e-9) + 1;
    if (count > MOST_VALUES) throw refused(key, `${count} values are more than ${MOST_VALUES}`);
    return Array.from({ length: count }, (_, i) => tidy(low + i * step));
  }
  const count = third ?? (wholeOnly ? Math.min(MOST_WHOLE, high - low + 1) : undefined);
  if (count === undefined) return undefined;
  if (!Number.isInteger(count) || count < 2 || count > MOST_VALUES) {
    throw refused(key, `log(a,b,count) needs a whole count from 2 to ${MOST_VALUES}, found ${count}`);
  }
  const ratio = Math.log(high / low) / (count - 1);
  const all = Array.from({ length: count }, (_, i) => (i === count - 1 ? high : low * Math.exp(i * ratio)));
  return [...new Set(all.map((value) => (wholeOnly ? Math.round(value) : tidy(value))))];
}

/** Without what adding and multiplying leave behind the twelfth digit. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function refused(key: string, problem: string): ClTorchError {
  return new ClTorchError('CONFIG_INVALID', `The values of ${key} cannot be swept: ${problem}.`);
}
