import { DATASET_NAMES, type DatasetName } from '../data/catalog.js';
import {
  type DeviceChoice,
  decay,
  device,
  folder,
  integer,
  layerWidths,
  oneOf,
  rate,
  seed,
  smallNumber,
  threadCount,
} from './kinds.js';
import { type OptionSchemas, optional, withDefault } from './option.js';

/** The options of every strategy. */
export interface CommonOptions {
  /** Stream of tasks; in permuted-mnist each task shuffles the pixels in its own fixed way. Default permuted-mnist. */
  readonly benchmark: 'permuted-mnist';
  /** Images that the tasks are made of. Default mnist. */
  readonly dataset: DatasetName;
  /** Folder with the data set's four IDX files, gzipped or not, instead of the known places. */
  readonly dataDir?: string | undefined;
  /** Tasks to learn, one after another. Default 10. */
  readonly tasks: number;
  /** Passes over the training images of each task. Default 5. */
  readonly epochs: number;
  /** Images in a training or evaluation step. Default 256. */
  readonly batchSize: number;
  /** Neurons in each hidden layer. Default [400, 400, 400]. */
  readonly hidden: readonly number[];
  /** AdamW's step size. Default 0.001. */
  readonly learningRate: number;
  /** AdamW's decoupled weight decay. Default 0.0001. */
  readonly weightDecay: number;
  /** Decay of AdamW's running mean of the gradient. Default 0.9. */
  readonly beta1: number;
  /** Decay of AdamW's running mean of the squared gradient. Default 0.999. */
  readonly beta2: number;
  /** Added to AdamW's denominator. Default 1e-8. */
  readonly epsilon: number;
  /** Seed of the first weights and the order of the images, as torch.manual_seed. Default 2024. */
  readonly seed: number;
  /** Seed of the tasks' pixel orders, as Python's random.seed. Default 2024. */
  readonly permutationSeed: number;
  /** Training images set apart and measured on instead of the test images, to choose settings by. Default 0. */
  readonly validation: number;
  /** Where to train; auto is the first GPU that can be used, else the CPU. Default auto. */
  readonly device: DeviceChoice;
  /** CPU threads; auto is one a physical core; the count changes the digits. Default auto. */
  readonly threads: 'auto' | number;
  /** Folder for config.json and result.json, brought up to date after each task. */
  readonly out?: string | undefined;
}

/** The compiler holds this list and {@link CommonOptions} equal. Defaults are the article's. */
export const commonOptions: OptionSchemas<CommonOptions> = {
  benchmark: withDefault(
    oneOf(['permuted-mnist']),
    'permuted-mnist',
    'stream of tasks; in permuted-mnist each task shuffles the pixels in its own fixed way',
  ),
  dataset: withDefault(oneOf(DATASET_NAMES), 'mnist', 'images that the tasks are made of'),
  dataDir: optional(
    folder,
    "folder with the data set's four IDX files, gzipped or not, instead of the known places",
  ),
  tasks: withDefault(integer(1, 1000), 10, 'tasks to learn, one after another'),
  epochs: withDefault(integer(1, 10_000), 5, 'passes over the training images of each task'),
  batchSize: withDefault(integer(1, 1_000_000), 256, 'images in a training or evaluation step'),
  hidden: withDefault(layerWidths, [400, 400, 400], 'neurons in each hidden layer'),
  learningRate: withDefault(rate, 1e-3, "AdamW's step size"),
  weightDecay: withDefault(rate, 1e-4, "AdamW's decoupled weight decay"),
  beta1: withDefault(decay, 0.9, "decay of AdamW's running mean of the gradient"),
  beta2: withDefault(decay, 0.999, "decay of AdamW's running mean of the squared gradient"),
  epsilon: withDefault(smallNumber, 1e-8, "added to AdamW's denominator"),
  seed: withDefault(
    seed,
    2024,
    'seed of the first weights and the order of the images, as torch.manual_seed',
  ),
  permutationSeed: withDefault(seed, 2024, "seed of the tasks' pixel orders, as Python's random.seed"),
  validation: withDefault(
    integer(0, 10_000_000),
    0,
    'training images set apart and measured on instead of the test images, to choose settings by',
  ),
  device: withDefault(device, 'auto', 'where to train; auto is the first GPU that can be used, else the CPU'),
  threads: withDefault(
    threadCount,
    'auto',
    'CPU threads; auto is one a physical core; the count changes the digits',
  ),
  out: optional(folder, 'folder for config.json and result.json, brought up to date after each task'),
};
