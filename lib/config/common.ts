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

/** The options of every strategy. What they mean, take and default to is below, and in `cl-torch run --help`. */
export interface CommonOptions {
  readonly benchmark: 'permuted-mnist';
  readonly dataset: DatasetName;
  readonly dataDir?: string | undefined;
  readonly tasks: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly hidden: readonly number[];
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly seed: number;
  readonly permutationSeed: number;
  readonly device: DeviceChoice;
  readonly threads: 'auto' | number;
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
  device: withDefault(device, 'auto', 'where to train; auto is the first GPU that can be used, else the CPU'),
  threads: withDefault(
    threadCount,
    'auto',
    'CPU threads; auto is one a physical core; the count changes the digits',
  ),
  out: optional(folder, 'folder for config.json and result.json, brought up to date after each task'),
};
