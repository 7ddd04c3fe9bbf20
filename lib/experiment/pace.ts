import type { ExperimentConfig } from '../config/schema.js';

/** How fast training goes and how long the rest will take. */
export class Pace {
  readonly #batchSize: number;
  readonly #rows: number;
  readonly #totalSamples: number;
  #doneSamples = 0;
  #doneSeconds = 0;
  #epochStart = 0;

  /** `rows`: training rows a task. */
  constructor(
    { tasks, epochs, batchSize }: Pick<ExperimentConfig, 'tasks' | 'epochs' | 'batchSize'>,
    rows: number,
  ) {
    this.#batchSize = batchSize;
    this.#rows = rows;
    this.#totalSamples = tasks * epochs * rows;
  }

  beginEpoch(): void {
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

  /** Samples a second of the epoch that took `seconds`. */
  endEpoch(seconds: number): number {
    this.#doneSamples += this.#rows;
    this.#doneSeconds += seconds;
    return this.#rows / seconds;
  }
}
