import { integer, number, oneOf } from '../../options/kinds.js';
import { type Option, type OptionSchemas, withDefault } from '../../options/option.js';

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
  { group: 'Regularisation', aliases: ['fisher-samples'] },
);

/** Of which Fisher information an importance is. */
export interface FisherOptions extends SamplesOptions {
  /** Of the Fisher information: exact, every label by its probability; empirical, the examples' own; sampled, one drawn by these probabilities; batches, of the mean gradient of each batch, squared. Default exact. */
  readonly fisher: 'exact' | 'empirical' | 'sampled' | 'batches';
}

export const fisherOptions: OptionSchemas<FisherOptions> = {
  fisher: withDefault(
    oneOf(['exact', 'empirical', 'sampled', 'batches']),
    'exact',
    "of the Fisher information: exact, every label by its probability; empirical, the examples' own; sampled, one drawn by these probabilities; batches, of the mean gradient of each batch, squared",
  ),
  importanceSamples: samples,
};
