import { ClTorchError } from '../base/errors.js';
import type { TrainingOptions } from './options.js';
import type { Strategy } from './strategy.js';

/** Of a task; the addon takes no more. */
export const MOST_ITERATIONS = 1_000_000;

/** How long each task is trained, and in what batches. */
export interface TrainingLength extends Pick<TrainingOptions, 'batchSize' | 'lastBatch'> {
  /** Passes over its examples; */
  readonly epochs?: number | undefined;
  /** or, in their place, steps: pass after pass, the last one ending where the steps are done. */
  readonly iterations?: number | undefined;
}

/**
 * The epochs of one task: passes over its examples, each shuffled anew, and where iterations are counted, the last one as
 * long as there are some left. So does a loop over a PyTorch DataLoader that is begun again when it is used up.
 */
export class TaskEpochs {
  /** How many there are. */
  readonly count: number;
  /** What they were made with. */
  readonly length: TrainingLength;
  readonly #rows: number;
  /** Of a whole pass. */
  readonly #steps: number;

  /**
   * @param rows - Training examples of an epoch.
   * @param task - From 0, for messages.
   * @throws {ClTorchError} CONFIG_INVALID when there is no step: there are fewer examples than the only batch needs.
   */
  constructor(length: TrainingLength, rows: number, task: number) {
    const { batchSize, lastBatch, epochs = 1, iterations } = length;
    this.length = length;
    this.#rows = rows;
    this.#steps = lastBatch === 'drop' ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
    if (this.#steps === 0) throw withoutStep(length, rows, task);
    this.count = iterations === undefined ? epochs : Math.ceil(iterations / this.#steps);
  }

  /** Steps of an epoch, from 0. */
  stepsOf(epoch: number): number {
    const { iterations } = this.length;
    if (iterations === undefined) return this.#steps;
    return Math.max(0, Math.min(this.#steps, iterations - epoch * this.#steps));
  }

  /** Examples that the first steps of an epoch learn from, those of the memory not counted. */
  samplesIn(steps: number): number {
    return Math.min(steps * this.length.batchSize, this.#rows);
  }

  /** The same of the first epochs. */
  samplesInEpochs(count: number): number {
    if (count === 0) return 0;
    return (count - 1) * this.samplesIn(this.#steps) + this.samplesIn(this.stepsOf(count - 1));
  }
}

/**
 * The epochs of each task of a run.
 * @param rows - Training examples of each task.
 * @param strategy - By which each task may train on the examples of all tasks so far, or on those that the memory keeps of them.
 * @throws {ClTorchError} CONFIG_INVALID, as the constructor.
 */
export function epochsOfTasks(
  length: TrainingLength,
  rows: readonly number[],
  strategy: Strategy = {},
): readonly TaskEpochs[] {
  let sum = 0;
  return rows.map((count, task) => {
    sum += count;
    const own = strategy.joint ? sum : count;
    const { memoryOnly = 0 } = strategy;
    return new TaskEpochs(length, memoryOnly > 0 ? Math.min(sum, memoryOnly) : own, task);
  });
}

function withoutStep({ batchSize }: TrainingLength, rows: number, task: number): ClTorchError {
  return new ClTorchError(
    'CONFIG_INVALID',
    `batchSize (--batch-size) is ${batchSize}, and task ${task} has ${rows} training examples: with lastBatch ` +
      '(--last-batch) "drop" it has no batch. Make the batch smaller, or keep the last one.',
  );
}
