import { refused } from '../base/arguments.js';
import { shown } from '../base/values.js';

const MOST_SEEDS = 1_000_000;

/** Seeds `first`, `first + 1`, …: what `--seeds 8` stands for. */
export function consecutiveSeeds(first: number, count: number): number[] {
  const isRight = [first, count].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!isRight || count > MOST_SEEDS || !Number.isSafeInteger(first + count)) {
    throw refused(
      `consecutiveSeeds: expected the first seed and how many (0 to ${MOST_SEEDS}), all at most 2^53 - 1; found ` +
        `${shown(first)} and ${shown(count)}.`,
    );
  }
  return Array.from({ length: count }, (_, i) => first + i);
}
