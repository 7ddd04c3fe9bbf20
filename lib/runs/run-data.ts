import { createHash } from 'node:crypto';
import { SharedExamples } from '../benchmarks/shared-examples.js';
import type { ExperimentConfig } from '../config/types.js';
import {
  type Dataset,
  loadDataset,
  type ReadProgress,
  withExamplesPerClass,
  withValidationSplit,
} from '../datasets/index.js';
import { stderrNotices } from '../setup/libtorch/index.js';

/** What of a configuration says which data a run has. */
type DataSettings = Pick<
  ExperimentConfig,
  'dataset' | 'dataDir' | 'imageSize' | 'validation' | 'examplesPerClass'
>;

/** How many more pictures are read before a terminal is told of them. */
const TOLD_PICTURES = 50;

/** A run's data set: with the validation split in the place of the test images, and so many examples a class, if there are such. */
export class RunData {
  readonly dataset: Dataset;
  /** Its examples as sessions have them. */
  readonly shared: SharedExamples = new SharedExamples();
  #digest: string | undefined;

  private constructor(dataset: Dataset) {
    this.dataset = dataset;
  }

  /**
   * @param signal - Ends the reading.
   * @throws {ClTorchError} What `loadDataset` throws; CONFIG_INVALID when the split takes every image.
   */
  static async load(
    { dataset, dataDir, imageSize, validation, examplesPerClass }: DataSettings,
    signal: AbortSignal | undefined,
  ): Promise<RunData> {
    const notices = stderrNotices();
    const onProgress = ({ done, total }: ReadProgress): void => {
      if (done % TOLD_PICTURES === 0) notices.status(`Reading pictures: ${done} of ${total}`);
    };
    const whole = await loadDataset(dataset, { dataDir, imageSize, signal, onProgress }).finally(() =>
      notices.end(),
    );
    return new RunData(withExamplesPerClass(withValidationSplit(whole, validation), examplesPerClass));
  }

  /** Equal for runs that have the same data. */
  static keyOf({ dataset, dataDir, imageSize, validation, examplesPerClass }: DataSettings): string {
    return JSON.stringify([dataset, dataDir, imageSize, validation, examplesPerClass]);
  }

  /** Tells whether a run that is resumed has the same data. */
  get digest(): string {
    this.#digest ??= digestOf(this.dataset);
    return this.#digest;
  }
}

function digestOf({ train, test }: Dataset): string {
  const hash = createHash('sha256');
  for (const { images, labels } of [train, test]) hash.update(labels).update(images);
  return hash.digest('hex');
}
