import { DATASET_NAMES, type DatasetName } from '../datasets/catalog.js';
import { folder, integer, oneOf, onOff, seed } from './kinds.js';
import { type OptionSchemas, optional, withDefault } from './option.js';
import { type TrainingOptions, trainingOptions } from './training.js';

/** The options of an experiment with any strategy. */
export interface CommonOptions extends TrainingOptions {
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
  /** Seed of the tasks' pixel orders, as Python's random.seed. Default 2024. */
  readonly permutationSeed: number;
  /** Training images set apart and measured on instead of the test images, to choose settings by. Default 0. */
  readonly validation: number;
  /** Whether tasks not yet learnt are measured too, for forward transfer. Default off. */
  readonly evaluateAll: 'on' | 'off';
  /** Folder for config.json, result.json, the checkpoint and the model, brought up to date after each task. */
  readonly out?: string | undefined;
  /** When a run with --out writes down all it needs to be resumed. Default task. */
  readonly checkpointEvery: 'task' | 'epoch' | 'off';
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
  ...trainingOptions,
  permutationSeed: withDefault(seed, 2024, "seed of the tasks' pixel orders, as Python's random.seed"),
  validation: withDefault(
    integer(0, 10_000_000),
    0,
    'training images set apart and measured on instead of the test images, to choose settings by',
  ),
  evaluateAll: withDefault(
    onOff,
    'off',
    'whether tasks not yet learnt are measured too, for forward transfer',
  ),
  out: optional(
    folder,
    'folder for config.json, result.json, the checkpoint and the model, brought up to date after each task',
  ),
  checkpointEvery: withDefault(
    oneOf(['task', 'epoch', 'off']),
    'task',
    'when a run with --out writes down all it needs to be resumed',
  ),
};
