import { meanAndDeviation, student } from './statistics.js';
import { studentTail } from './student.js';

/** What one seed gave. */
export interface SeedValue {
  readonly seed: number;
  readonly value: number;
}

/** How two methods differ over the seeds that both were run with. */
export interface PairedDifference {
  /** At least two, ascending. */
  readonly seeds: readonly number[];
  /** The mean of the first one's values less the second one's, in their unit. */
  readonly mean: number;
  /** Sample standard deviation of the differences. */
  readonly deviation: number;
  /** 95 % confidence interval of the mean. */
  readonly interval: readonly [low: number, high: number];
  /** Of the paired t-test, two-sided: how likely so great a mean would be if there were no difference. */
  readonly p: number;
}

/**
 * A paired t-test over the seeds that are in both; null where these are fewer than two. Differences that are all the same
 * have an interval without extent, and a p of 0, or of 1 where they are zero.
 */
export function pairedDifference(
  first: readonly SeedValue[],
  second: readonly SeedValue[],
): PairedDifference | null {
  const others = new Map(second.map(({ seed, value }) => [seed, value]));
  const pairs = first
    .flatMap(({ seed, value }) => {
      const other = others.get(seed);
      return other === undefined ? [] : [{ seed, difference: value - other }];
    })
    .sort((one, other) => one.seed - other.seed);
  const { mean, deviation } = meanAndDeviation(pairs.map(({ difference }) => difference));
  if (deviation === null || pairs.length < 2) return null;
  const freedom = pairs.length - 1;
  const error = deviation / Math.sqrt(pairs.length);
  const half = student(freedom) * error;
  return {
    seeds: pairs.map(({ seed }) => seed),
    mean,
    deviation,
    interval: [mean - half, mean + half],
    p: mean === 0 ? 1 : studentTail(mean / error, freedom),
  };
}

/**
 * The probabilities of several tests by Holm's step-down method (1979): each is to be compared with the level that is meant for
 * all of them together. In the order in which they come.
 */
export function holm(probabilities: readonly number[]): number[] {
  const order = [...probabilities.keys()].sort(
    (one, other) => (probabilities[one] ?? 0) - (probabilities[other] ?? 0),
  );
  const adjusted: number[] = [];
  let least = 0;
  for (const [rank, place] of order.entries()) {
    least = Math.max(least, Math.min(1, (probabilities.length - rank) * (probabilities[place] ?? 0)));
    adjusted[place] = least;
  }
  return adjusted;
}
