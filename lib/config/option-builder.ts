import { tasksOption } from '../benchmarks/tasks.js';
import {
  bounds,
  decay,
  integer,
  number,
  oneOf,
  onOff,
  positive,
  rate,
  ratios,
  seed,
} from '../options/kinds.js';
import { inGroup, optional, withDefault } from '../options/option.js';

/** What the builder of options has. */
interface OptionBuilder {
  /** An option that takes a default when it is left out: its values, the default, a line for help. */
  readonly withDefault: typeof withDefault;
  /** An option that may be left out and has no default. */
  readonly optional: typeof optional;
  /** The option `tasks` that every benchmark has: the default, and the most there may be. */
  readonly tasks: typeof tasksOption;
  /** Puts options under a heading of the help. */
  readonly inGroup: typeof inGroup;
  /** Whole numbers between two bounds. */
  readonly integer: typeof integer;
  /** Numbers between two bounds. */
  readonly number: typeof number;
  /** Numbers above 0 and at most a million. */
  readonly positive: typeof positive;
  /** Numbers from 0 to 10, such as learning rates. */
  readonly rate: typeof rate;
  /** Numbers from 0 to below 1, such as momenta. */
  readonly decay: typeof decay;
  /** Lists of 1 to 16 numbers, each above 0 and at most 1. */
  readonly ratios: typeof ratios;
  /** Two numbers from -10 to 10, the first below the second. */
  readonly bounds: typeof bounds;
  /** Seeds of random streams: whole numbers from 0. */
  readonly seed: typeof seed;
  /** One of some words. */
  readonly oneOf: typeof oneOf;
  /** The words on and off. */
  readonly onOff: typeof onOff;
}

/**
 * Makes the options of a strategy or a benchmark of one's own (docs/strategies.md): `option.withDefault(values, default,
 * description)`.
 * @example
 * const ewcLambda = option.withDefault(option.number(0, 1e6), 100, 'weight of the penalty');
 */
export const option: OptionBuilder = {
  withDefault,
  optional,
  tasks: tasksOption,
  inGroup,
  integer,
  number,
  positive,
  rate,
  decay,
  ratios,
  bounds,
  seed,
  oneOf,
  onOff,
};
