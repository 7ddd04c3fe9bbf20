import { ClTorchError } from '../../base/errors.js';
import { consecutiveSeeds } from '../../random/seeds.js';

const MOST_SEEDS = 1000;

/**
 * The seeds that a flag names: `2024,7,11` lists them, `8` is that many from `first` on.
 * @throws {ClTorchError} CONFIG_INVALID when it does neither.
 */
export function readSeeds(text: string, first: number): number[] {
  const numbers = text.split(',').map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : Number.NaN));
  const [count] = numbers;
  const counts = numbers.length === 1 && count !== undefined && count >= 1 && count <= MOST_SEEDS;
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
    `--seeds: expected how many (1 to ${MOST_SEEDS}), or a list such as 2024,2025,2026, found '${text}'.`,
  );
}

/** The value of `--at-once`; `runSeeds` says what is wrong with one that is no number. */
export function readAtOnce(text: unknown): 'auto' | number {
  return text === undefined || text === 'auto' ? 'auto' : Number(text);
}
