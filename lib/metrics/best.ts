import { pairedDifference, type SeedValue } from './paired.js';
import { meanAndDeviation, student } from './statistics.js';

/**
 * Which of several methods may be called the best: the one with the best mean, and each whose 95 % confidence interval of
 * the difference to it has zero in it (paired by seed where two seeds or more are the same, else Welch's). Empty where the
 * seeds tell no method from the best, and where a method has fewer than two seeds.
 *
 * @param methods - Of each its seeds' values; one without any takes no part.
 * @param better - 1: more is better, -1: less is better.
 * @returns Places in `methods`.
 */
export function bestMethods(methods: readonly (readonly SeedValue[])[], better: 1 | -1): Set<number> {
  const rated = methods.flatMap((values, place) => {
    if (values.length === 0) return [];
    return [{ place, values, mean: better * meanAndDeviation(values.map(({ value }) => value)).mean }];
  });
  const best = rated.find(({ mean }) => mean === Math.max(...rated.map((each) => each.mean)));
  if (!best || rated.length < 2 || rated.some(({ values }) => values.length < 2)) return new Set();
  const alike = rated.filter(({ values }) => !isClearlyWorse(values, best.values, better));
  return alike.length === rated.length ? new Set() : new Set(alike.map(({ place }) => place));
}

function isClearlyWorse(values: readonly SeedValue[], best: readonly SeedValue[], better: 1 | -1): boolean {
  const paired = pairedDifference(best, values);
  if (paired === null) return isWorseUnpaired(values, best, better);
  const [low, high] = paired.interval;
  return better * (better === 1 ? low : high) > 0;
}

/** Welch's interval, with the degrees of freedom of Welch and Satterthwaite. */
function isWorseUnpaired(values: readonly SeedValue[], best: readonly SeedValue[], better: 1 | -1): boolean {
  const [worse, leading] = [values, best].map((each) => {
    const { mean, deviation } = meanAndDeviation(each.map(({ value }) => value));
    return { mean, count: each.length, share: (deviation ?? 0) ** 2 / each.length };
  }) as [Sample, Sample];
  const difference = better * (leading.mean - worse.mean);
  const error = worse.share + leading.share;
  if (error === 0) return difference > 0;
  const freedom =
    error ** 2 / (worse.share ** 2 / (worse.count - 1) + leading.share ** 2 / (leading.count - 1));
  return difference > student(Math.floor(freedom)) * Math.sqrt(error);
}

interface Sample {
  readonly mean: number;
  readonly count: number;
  /** Of the squared standard error of the difference. */
  readonly share: number;
}
