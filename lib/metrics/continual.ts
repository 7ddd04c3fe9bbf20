import { refused } from '../base/arguments.js';
import { shown } from '../base/values.js';
import { mean } from './numpy.js';

/**
 * Accuracies by task, in percent or any other unit: `R[i][j]` on task j after training task i. Row i has at least the
 * tasks 0…i; what lies to the right of the diagonal is read by {@link forwardTransfer} only. docs/metrics.md has the
 * definitions and their sources. What is no matrix of numbers is refused: a ClTorchError with the code INVALID_ARGUMENT.
 */
export type AccuracyMatrix = readonly (readonly number[])[];

/** ACC: mean over the tasks after the last one. Null for an empty matrix. Lopez-Paz and Ranzato (2017). */
export function averageAccuracy(matrix: AccuracyMatrix): number | null {
  requireMatrix(matrix);
  return meanOrNull((matrix.at(-1) ?? []).slice(0, matrix.length));
}

/**
 * BWT: what learning the later tasks changed on the earlier ones, `mean over j < T-1 of R[T-1][j] - R[j][j]`; below 0
 * when it hurt. Null for fewer than two tasks. Lopez-Paz and Ranzato (2017).
 */
export function backwardTransfer(matrix: AccuracyMatrix): number | null {
  requireMatrix(matrix);
  const last = matrix.length - 1;
  return meanOrNull(earlier(matrix).map((task) => at(matrix, last, task) - at(matrix, task, task)));
}

/**
 * FWT: what the earlier tasks bring to one not yet learnt, `mean over j > 0 of R[j-1][j] - b[j]`. Null for fewer than
 * two tasks. Lopez-Paz and Ranzato (2017).
 *
 * @param initial - `b[j]`: accuracy on task j of the model before any training.
 */
export function forwardTransfer(matrix: AccuracyMatrix, initial: readonly number[]): number | null {
  requireMatrix(matrix);
  requireRow(initial, 'initial');
  return meanOrNull(
    earlier(matrix).map((task) => at(matrix, task, task + 1) - (initial[task + 1] ?? Number.NaN)),
  );
}

/**
 * Forgetting of each task but the last: the best it ever reached before the last task, less what is left,
 * `f[j] = max over j ≤ i < T-1 of R[i][j] - R[T-1][j]`. Below 0 when it got better. Chaudhry et al. (2018).
 */
export function forgettingByTask(matrix: AccuracyMatrix): number[] {
  requireMatrix(matrix);
  const last = matrix.length - 1;
  return earlier(matrix).map((task) => {
    const before = matrix.slice(task, last).map((row) => row[task] ?? Number.NaN);
    return Math.max(...before) - at(matrix, last, task);
  });
}

/** Mean of {@link forgettingByTask}; null for fewer than two tasks. Chaudhry et al. (2018). */
export function forgetting(matrix: AccuracyMatrix): number | null {
  return meanOrNull(forgettingByTask(matrix));
}

/** Mean accuracy on each task right after learning it, `mean of R[j][j]`. Null for an empty matrix. Riemer et al. (2019). */
export function learningAccuracy(matrix: AccuracyMatrix): number | null {
  requireMatrix(matrix);
  return meanOrNull(matrix.map((row, task) => row[task] ?? Number.NaN));
}

/** @throws {ClTorchError} INVALID_ARGUMENT for what is no matrix of numbers. */
export function requireMatrix(
  matrix: unknown,
  name: string = 'the matrix',
): asserts matrix is AccuracyMatrix {
  if (!Array.isArray(matrix))
    throw refused(`${name} must be a list of rows of numbers; found ${shown(matrix)}.`);
  for (const [task, row] of matrix.entries()) requireRow(row, `${name}[${task}]`);
}

function requireRow(row: unknown, name: string): void {
  const isRow = Array.isArray(row) && row.every((value) => typeof value === 'number');
  if (!isRow) throw refused(`${name} must be a list of numbers; found ${shown(row)}.`);
}

/** Every task but the last. */
function earlier(matrix: AccuracyMatrix): number[] {
  return [...matrix.keys()].slice(0, -1);
}

function at(matrix: AccuracyMatrix, row: number, column: number): number {
  return matrix[row]?.[column] ?? Number.NaN;
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length > 0 ? mean(values) : null;
}
