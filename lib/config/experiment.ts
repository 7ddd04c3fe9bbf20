import { benchmarks } from '../benchmarks/index.js';
import type { OutputChoice } from '../benchmarks/scenario.js';
import { DATASET_NAMES, type DatasetName, datasets, type NormalisationChoice } from '../datasets/index.js';
import { networks } from '../networks/index.js';
import { folder, integer, oneOf, onOff, path } from '../options/kinds.js';
import {
  chosen,
  inGroup,
  type Option,
  type OptionSchemas,
  optional,
  withDefault,
} from '../options/option.js';
import type { Scenario } from '../training/definition.js';
import { type TrainingOptions, trainingOptions } from '../training/options.js';
import { MOST_ITERATIONS } from '../training/task-epochs.js';
import { normalisation } from './normalisation.js';

/** The options of every experiment, whatever it is made of: what strategies, benchmarks and networks add is their own. */
export interface CommonOptions extends TrainingOptions {
  /** Images that the tasks are made of. Default mnist. */
  readonly dataset: DatasetName;
  /** Folder or file with data of your own, instead of the known places; docs/data.md has the formats. */
  readonly dataDir?: string | undefined;
  /** Pixels of each side that pictures in files of their own are cut and scaled to; when left out, 64 for cub200, and others as they are. */
  readonly imageSize?: number | undefined;
  /** How tasks differ: task, the model is told which one and has outputs for each; domain, all share the outputs; class, classes of all tasks are told apart; the benchmark's first one when left out. */
  readonly scenario: Scenario;
  /** Of class-incremental tasks, the outputs that losses and predictions go over: of the classes seen so far, of all, or of those seen so far in a last layer that grows. Default seen. */
  readonly outputs: OutputChoice;
  /** Tasks of the stream that are passed over at its beginning, such as those that settings were chosen on. Default 0. */
  readonly skipTasks: number;
  /** Passes over the training images of each task. Default 5. */
  readonly epochs?: number | undefined;
  /** Training steps of each task, in place of epochs: pass after pass, the last one ending where they are done. */
  readonly iterations?: number | undefined;
  /** Training images set apart, of each class its share, and measured on instead of the test images, to choose settings by. Default 0. */
  readonly validation: number;
  /** Training images of each class, its first ones; 0 takes all. Default 0. */
  readonly examplesPerClass: number;
  /** Black pixels added on each side of an image. Default 0. */
  readonly padding: number;
  /** What examples are normalised by: none, a byte is byte / 255; data-set, the data set's means and deviations; or numbers, a mean for each channel and then a deviation for each. Default none. */
  readonly normalisation: NormalisationChoice;
  /** Whether tasks not yet learnt are measured too, for forward transfer. Default off. */
  readonly evaluateAll: 'on' | 'off';
  /** Folder for config.json, result.json, the checkpoint and the model, brought up to date after each task. */
  readonly out?: string | undefined;
  /** When a run with --out writes down all it needs to be resumed. Default task. */
  readonly checkpointEvery: 'task' | 'epoch' | 'off';
}

const data = '--data-dir PATH is the folder or file of data of your own';
const logs =
  '--out DIR keeps the results, --events FILE every event, --tensorboard DIR the numbers for TensorBoard';
const resume = 'cl-torch resume DIR goes on with the run in a folder';

/** What the names of a registry mean: `permuted-mnist: each task …`. */
function listed(entries: readonly { readonly name: string; readonly title?: string | undefined }[]): string {
  return entries.map(({ name, title }) => (title === undefined ? name : `${name}: ${title}`)).join('; ');
}

/** The option `benchmark`. */
export const benchmarkOption: Option<string> = withDefault(
  oneOf<string>(benchmarks.map(({ name }) => name)),
  benchmarks[0].name,
  `stream of tasks; ${listed(benchmarks)}; or the file of a custom one (docs/benchmarks.md)`,
  {
    group: 'Tasks and data',
    insteadOf: [{ names: ['stream'], text: '--benchmark NAME is the stream of tasks' }],
  },
);

/** The option `network`. */
export const networkOption: Option<string> = withDefault(
  oneOf<string>(networks.map(({ name }) => name)),
  networks[0].name,
  `kind of network; ${listed(networks)}`,
  { group: 'Network and training' },
);

/** The compiler holds this list and {@link CommonOptions} equal. Defaults are the article's. */
export const commonOptions: OptionSchemas<CommonOptions> = {
  ...inGroup('Tasks and data', {
    dataset: withDefault(oneOf(DATASET_NAMES), datasets[0].name, 'images that the tasks are made of'),
    dataDir: optional(
      path,
      'folder or file with data of your own, instead of the known places; docs/data.md has the formats',
      {
        insteadOf: [
          { names: ['data'], text: `--dataset NAME is the data set, ${data}` },
          { names: ['data-path', 'data-root'], text: data },
        ],
      },
    ),
    imageSize: optional(
      integer(1, 1024),
      'pixels of each side that pictures in files of their own are cut and scaled to; when left out, 64 for cub200, and others as they are',
    ),
    scenario: chosen(
      oneOf(['task', 'domain', 'class']),
      "how tasks differ: task, the model is told which one and has outputs for each; domain, all share the outputs; class, classes of all tasks are told apart; the benchmark's first one when left out",
    ),
    outputs: withDefault(
      oneOf(['seen', 'all', 'grow']),
      'seen',
      'of class-incremental tasks, the outputs that losses and predictions go over: of the classes seen so far, of all, or of those seen so far in a last layer that grows',
    ),
    skipTasks: withDefault(
      integer(0, 10_000),
      0,
      'tasks of the stream that are passed over at its beginning, such as those that settings were chosen on',
    ),
    epochs: withDefault(integer(1, 10_000), 5, 'passes over the training images of each task', {
      aliases: ['n-epochs', 'num-epochs', 'train-epochs'],
    }),
    iterations: optional(
      integer(1, MOST_ITERATIONS),
      'training steps of each task, in place of epochs: pass after pass, the last one ending where they are done',
      { aliases: ['iters', 'n-iters', 'num-iterations'] },
    ),
    validation: withDefault(
      integer(0, 10_000_000),
      0,
      'training images set apart, of each class its share, and measured on instead of the test images, to choose settings by',
    ),
    examplesPerClass: withDefault(
      integer(0, 10_000_000),
      0,
      'training images of each class, its first ones; 0 takes all',
    ),
    padding: withDefault(integer(0, 1000), 0, 'black pixels added on each side of an image'),
    normalisation: withDefault(
      normalisation,
      'none',
      "what examples are normalised by: none, a byte is byte / 255; data-set, the data set's means and deviations; or numbers, a mean for each channel and then a deviation for each",
      { aliases: ['normalization'] },
    ),
    evaluateAll: withDefault(
      onOff,
      'off',
      'whether tasks not yet learnt are measured too, for forward transfer',
    ),
  }),
  ...trainingOptions,
  ...inGroup('Output', {
    out: optional(
      folder,
      'folder for config.json, result.json, the checkpoint and the model, brought up to date after each task',
      {
        aliases: ['output', 'out-dir', 'output-dir', 'save-dir'],
        insteadOf: [{ names: ['log-dir', 'logdir', 'log'], text: logs }],
      },
    ),
    checkpointEvery: withDefault(
      oneOf(['task', 'epoch', 'off']),
      'task',
      'when a run with --out writes down all it needs to be resumed',
      {
        insteadOf: [
          { names: ['resume'], text: resume },
          { names: ['checkpoint'], text: `--checkpoint-every says when one is written; ${resume}` },
        ],
      },
    ),
  }),
};

/** What misses outputs, a sentence each: accuracies on tasks to come, in a network that grows with the tasks. */
export function withoutOutputs(
  { outputs, evaluateAll }: Readonly<Record<string, unknown>>,
  name: (key: string) => string,
): readonly string[] {
  if (outputs !== 'grow' || evaluateAll !== 'on') return [];
  return [
    `${name('evaluateAll')}: a last layer that grows has no outputs for tasks to come, of which it would get 0 % right; ` +
      `${name('outputs')} seen has them, and never predicts them`,
  ];
}
