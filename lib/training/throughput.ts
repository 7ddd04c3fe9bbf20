import type { ExperimentConfig } from '../options/schema.js';

/** How fast training goes and how long the rest will take. */
export class Throughput {
  readonly #batchSize: number;
  readonly #taskRows: number;
  readonly #joint: boolean;
  readonly #epochs: number;
  readonly #totalSamples: number;
  #doneSamples = 0;
  #doneSeconds = 0;
  #epochStart = 0;
  #rows = 0;

  /** `rows`: training rows a task. `joint`: each task trains on the rows of all tasks so far. */
  constructor(
    { tasks, epochs, batchSize }: Pick<ExperimentConfig, 'tasks' | 'epochs' | 'batchSize'>,
    rows: number,
    joint = false,
  ) {
    this.#batchSize = batchSize;
    this.#taskRows = rows;
    this.#joint = joint;
    this.#epochs = epochs;
    this.#totalSamples = this.#rowsOfEpochs(tasks * epochs);
  }

  /** Epochs that were done before, in `seconds`. */
  resume(epochs: number, seconds: number): void {
    this.#doneSamples = this.#rowsOfEpochs(epochs);
    this.#doneSeconds = seconds;
  }

  beginEpoch(task: number): void {
    this.#rows = this.#rowsOf(task);
    this.#epochStart = performance.now();
  }

  /** After `step` steps of the current epoch. */
  after(step: number): { samplesPerSecond: number; secondsLeft: number } {
    const samples = Math.min(step * this.#batchSize, this.#rows);
    const seconds = (performance.now() - this.#epochStart) / 1000;
    const totalSamples = this.#doneSamples + samples;
    const left = this.#totalSamples - totalSamples;
    return {
      samplesPerSecond: samples / seconds,
      secondsLeft: (left * (this.#doneSeconds + seconds)) / totalSamples,
    };
  }

  /** After the epoch, which took `seconds` and had `steps`: fewer than planned when it was ended early. */
  endEpoch(seconds: number, steps: number): { samplesPerSecond: number; secondsLeft: number } {
    const samples = Math.min(steps * this.#batchSize, this.#rows);
    this.#doneSamples += samples;
    this.#doneSeconds += seconds;
    const left = this.#totalSamples - this.#doneSamples;
    return {
      samplesPerSecond: samples / seconds,
      secondsLeft: (left * this.#doneSeconds) / this.#doneSamples,
    };
  }

  #rowsOf(task: number): number {
    return this.#joint ? (task + 1) * this.#taskRows : this.#taskRows;
  }

  /** Of the first `count` epochs of the run. */
  #rowsOfEpochs(count: number): number {
    const rows = Array.from({ length: count }, (_, epoch) => this.#rowsOf(Math.floor(epoch / this.#epochs)));
    return rows.reduce((sum, value) => sum + value, 0);
  }
}
