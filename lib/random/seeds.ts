import { refused } from '../base/arguments.js';
import { ClTorchError } from '../base/errors.js';
import { shown } from '../base/values.js';

const MOST_SEEDS = 1_000_000;
/** By a number alone. */
const MOST_COUNTED = 1000;

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

/**
 * The seeds that a text names: `2024,7,11` lists them, `8` is that many from `first` on.
 * @throws {ClTorchError} CONFIG_INVALID when it does neither.
 */
export function readSeeds(text: string, first: number): number[] {
  const numbers = text.split(',').map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : Number.NaN));
  const [count] = numbers;
  const counts = numbers.length === 1 && count !== undefined && count >= 1 && count <= MOST_COUNTED;
  if (counts) return consecutiveSeeds(first, count);
  if (numbers.length > 1 && numbers.every(Number.isSafeInteger)) {
    const twice = numbers.find((seed, i) => numbers.indexOf(seed) < i);
    if (twice === undefined) return numbers;
    throw new ClTorchError(
      'CONFIG_INVALID',
      `--seeds: ${twice} is there twice; a seed repeats the run it has made.`,
    );
  }
  throw new ClTorchError(
    'CONFIG_INVALID',
    `--seeds: expected how many (1 to ${MOST_COUNTED}), or a list such as 2024,2025,2026, found '${text}'.`,
  );
}
