import { ClTorchError } from '../base/errors.js';
import { PythonRandom } from '../random/python-random.js';

/**
 * One permutation of `0…length-1` per task, equal to shuffling `list(range(length))` once per task after one
 * `random.seed(seed)` in Python: a single generator runs on over all tasks. A task's train and test split share it.
 *
 * @param count number of tasks, at least 0.
 * @param length numbers to permute (pixels of an image), at least 1.
 * @param seed a non-negative safe integer.
 * @throws ClTorchError `INVALID_ARGUMENT` for other values.
 */
export function permutations(count: number, length: number, seed: number): Int32Array[] {
  requireWhole('count', count, 0);
  requireWhole('length', length, 1);
  const random = new PythonRandom(seed);
  return Array.from({ length: count }, () => {
    const permutation = Int32Array.from({ length }, (_, index) => index);
    random.shuffle(permutation);
    return permutation;
  });
}

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= 0x7fff_ffff) return;
  throw new ClTorchError(
    'INVALID_ARGUMENT',
    `permutations: ${name} is ${value}, but it must be a whole number from ${least} to 2^31 - 1.`,
  );
}
