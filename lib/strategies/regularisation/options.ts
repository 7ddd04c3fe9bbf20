import { integer, number } from '../../options/kinds.js';
import { type Option, withDefault } from '../../options/option.js';

/** What every method has that adds a penalty. */
export interface StrengthOptions {
  /** Weight of the penalty. Default 1. */
  readonly strength: number;
}

/** The option, with the default of a method. */
export function strength(defaultValue: number): Option<number> {
  return withDefault(number(0, 1e15), defaultValue, 'weight of the penalty', {
    group: 'Regularisation',
    isOwn: true,
    aliases: ['reg-strength'],
  });
}

/** Where a training diverges, the strength may be the reason. */
export const lessStrength = 'a smaller strength (--strength)';

/** Of how many of its examples a task's importance is. */
export interface SamplesOptions {
  /** Examples of a task that its importance is measured on, evenly spread; 0 takes all. Default 1000. */
  readonly importanceSamples: number;
}

export const samples: Option<number> = withDefault(
  integer(0, 10_000_000),
  1000,
  'examples of a task that its importance is measured on, evenly spread; 0 takes all',
  { group: 'Regularisation' },
);
