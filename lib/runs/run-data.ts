import { createHash } from 'node:crypto';
import type { ExperimentConfig } from '../config/types.js';
import { type Dataset, loadDataset, withExamplesPerClass, withValidationSplit } from '../datasets/index.js';

/** A run's data set: with the validation split in the place of the test images, and so many examples a class, if there are such. */
export class RunData {
  readonly dataset: Dataset;
  #digest: string | undefined;

  private constructor(dataset: Dataset) {
    this.dataset = dataset;
  }

  /** @throws {ClTorchError} What `loadDataset` throws; CONFIG_INVALID when the split takes every image. */
  static async load({
    dataset,
    dataDir,
    validation,
    examplesPerClass,
  }: Pick<ExperimentConfig, 'dataset' | 'dataDir' | 'validation' | 'examplesPerClass'>): Promise<RunData> {
    const whole = await loadDataset(dataset, dataDir === undefined ? {} : { dataDir });
    return new RunData(withExamplesPerClass(withValidationSplit(whole, validation), examplesPerClass));
  }

  /** Equal for runs that have the same data. */
  static keyOf({
    dataset,
    dataDir,
    validation,
    examplesPerClass,
  }: Pick<ExperimentConfig, 'dataset' | 'dataDir' | 'validation' | 'examplesPerClass'>): string {
    return JSON.stringify([dataset, dataDir, validation, examplesPerClass]);
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
