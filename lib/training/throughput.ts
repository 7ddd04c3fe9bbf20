import type { TaskEpochs } from './task-epochs.js';

/** How fast training goes and how long the rest will take. */
export class Throughput {
  readonly #tasks: readonly TaskEpochs[];
  readonly #totalSamples: number;
  #doneEpochs = 0;
  #doneSamples = 0;
  #doneSeconds = 0;
  #epochStart = 0;
  #epochsOfTask: TaskEpochs | undefined;

  /** @param tasks - The epochs of each task that is to be learnt. */
  constructor(tasks: readonly TaskEpochs[]) {
    this.#tasks = tasks;
    this.#totalSamples = tasks.reduce((sum, task) => sum + task.samplesInEpochs(task.count), 0);
  }

  /** Epochs that were done before, in `seconds`. */
  resume(epochs: number, seconds: number): void {
    this.#doneEpochs = epochs;
    this.#doneSamples = this.#samplesOfEpochs(epochs);
    this.#doneSeconds = seconds;
  }

  /** @param epochs - Those of the task, which may be other ones than were planned. */
  beginEpoch(epochs: TaskEpochs): void {
    this.#epochsOfTask = epochs;
    this.#epochStart = performance.now();
  }

  /** After `step` steps of the current epoch. */
  after(step: number): { samplesPerSecond: number; secondsLeft: number } {
    const samples = this.#samplesIn(step);
    const seconds = (performance.now() - this.#epochStart) / 1000;
    const totalSamples = this.#doneSamples + samples;
    return {
      samplesPerSecond: samples / seconds,
      secondsLeft: (this.#left(totalSamples) * (this.#doneSeconds + seconds)) / totalSamples,
    };
  }

  /** After the epoch, which took `seconds` and had `steps`: fewer than planned when it was ended early. */
  endEpoch(seconds: number, steps: number): { samplesPerSecond: number; secondsLeft: number } {
    const samples = this.#samplesIn(steps);
    this.#doneEpochs += 1;
    this.#doneSamples += samples;
    this.#doneSeconds += seconds;
    return {
      samplesPerSecond: samples / seconds,
      secondsLeft: (this.#left(this.#doneSamples) * this.#doneSeconds) / this.#doneSamples,
    };
  }

  /** None where there were more than planned: the memory may have joined a task's examples. */
  #left(done: number): number {
    return Math.max(0, this.#totalSamples - done);
  }

  #samplesIn(steps: number): number {
    return this.#epochsOfTask?.samplesIn(steps) ?? 0;
  }

  /** Of the first `count` epochs of the run. */
  #samplesOfEpochs(count: number): number {
    let left = count;
    let samples = 0;
    for (const task of this.#tasks) {
      const epochs = Math.min(left, task.count);
      samples += task.samplesInEpochs(epochs);
      left -= epochs;
    }
    return samples;
  }
}
