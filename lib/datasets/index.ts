export { DATASET_NAMES, type DatasetName, datasets } from './catalog.js';
export type { Dataset } from './dataset.js';
export type { DatasetDefinition, Normalisation } from './define.js';
export { type DatasetDownloadOptions, type DatasetProgress, downloadDataset } from './download.js';
export { withExamplesPerClass } from './examples-per-class.js';
export type { ReadProgress, Split } from './formats/format.js';
export { type LoadOptions, loadDataset } from './load.js';
export {
  blackOf,
  byteValues,
  type NormalisationChoice,
  normalisationOf,
  normalisedNumbers,
} from './normalisation.js';
export { type DatasetStatus, dataStatus } from './status.js';
export { withValidationSplit } from './validation.js';
export { type DatasetReport, type FileReport, verifyDataset } from './verify.js';
