/** How fast training goes and how long the rest will take. */
export class Throughput {
  readonly #batchSize: number;
  readonly #taskRows: readonly number[];
  readonly #epochs: number;
  readonly #totalSamples: number;
  #doneEpochs = 0;
  #doneSamples = 0;
  #doneSeconds = 0;
  #epochStart = 0;
  #rows = 0;

  /** `rows`: training rows of each task. `joint`: each task trains on the rows of all tasks so far. */
  constructor(
    { epochs, batchSize }: { readonly epochs: number; readonly batchSize: number },
    rows: readonly number[],
    joint = false,
  ) {
    this.#batchSize = batchSize;
    this.#taskRows = joint ? summedUp(rows) : rows;
    this.#epochs = epochs;
    this.#totalSamples = this.#rowsOfEpochs(rows.length * epochs);
  }

  /** Epochs that were done before, in `seconds`. */
  resume(epochs: number, seconds: number): void {
    this.#doneEpochs = epochs;
    this.#doneSamples = this.#rowsOfEpochs(epochs);
    this.#doneSeconds = seconds;
  }

  beginEpoch(): void {
    this.#rows = this.#rowsOf(this.#doneEpochs);
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
    this.#doneEpochs += 1;
    this.#doneSamples += samples;
    this.#doneSeconds += seconds;
    const left = this.#totalSamples - this.#doneSamples;
    return {
      samplesPerSecond: samples / seconds,
      secondsLeft: (left * this.#doneSeconds) / this.#doneSamples,
    };
  }

  /** Of an epoch of the run, from 0. */
  #rowsOf(epoch: number): number {
    return this.#taskRows[Math.floor(epoch / this.#epochs)] ?? 0;
  }

  /** Of the first `count` epochs of the run. */
  #rowsOfEpochs(count: number): number {
    const rows = Array.from({ length: count }, (_, epoch) => this.#rowsOf(epoch));
    return rows.reduce((sum, value) => sum + value, 0);
  }
}

function summedUp(rows: readonly number[]): number[] {
  let sum = 0;
  return rows.map((count) => {
    sum += count;
    return sum;
  });
}
