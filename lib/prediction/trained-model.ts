import { dirname, join } from 'node:path';
import { ClTorchError } from '../base/errors.js';
import type { SplitPlan, TaskPlan } from '../benchmarks/define.js';
import { paddedColumns, paddedShape } from '../benchmarks/padding.js';
import { streamOf } from '../benchmarks/stream.js';
import { type ImageSize, readClassNames, readDataClasses, readImageSize } from '../checkpoint/image-size.js';
import { loadModel, type ModelWeights } from '../checkpoint/model-file.js';
import { readNormalisation } from '../checkpoint/normalisation.js';
import type { Normalisation } from '../datasets/index.js';
import { lookAt } from '../files/index.js';
import { inputsOf } from '../session/network.js';
import { type OutputClass, outputClasses } from './output-classes.js';
import { type RunConfig, runConfig } from './run-config.js';

/** How an image is shown: in its frame, and then as the task shows it. */
export interface Show extends SplitPlan {
  /** Columns of the image of the one with black pixels around it; as it is when left out. */
  readonly frame?: Int32Array | undefined;
}

/** A network and the way in which it is shown the pixels of an image. */
export interface TrainedModel extends ModelWeights {
  readonly file: string;
  /** As the task's test images are shown; undefined where they come as they are. */
  readonly show: Show | undefined;
  /** What a prediction is among. */
  readonly outputs: readonly OutputClass[];
  /** Of the images that it was trained on; undefined where nothing tells it. */
  readonly imageSize: ImageSize | undefined;
  /** Of those images: 3 for colours. */
  readonly channels: number;
  /** What pictures were scaled to, if they were. */
  readonly side: number | undefined;
  /** Of the inputs, if there was any. */
  readonly normalisation: Normalisation | undefined;
}

/**
 * Reads `model.safetensors`, or the one of a run's folder. In a permuted benchmark each task shuffles the pixels in its
 * own way, the first one too, so that an image means nothing to the network before it is told which task it is of; nor can
 * a task-incremental network tell without it among which outputs to predict. A model file that lies beside a run's `config.json` is that run's.
 *
 * @param path - The file or the folder.
 * @param task - Of which task the images are, from 0.
 * @throws {ClTorchError} CONFIG_INVALID when the task is missing, out of range or means nothing; FILE_DAMAGED when the
 * run's configuration is no JSON; what `loadModel` throws, which takes the task's own weights where tasks have some.
 */
export async function loadTrainedModel(path: string, task: number | undefined): Promise<TrainedModel> {
  const file = lookAt(path) === 'folder' ? join(path, 'model.safetensors') : path;
  const model = await loadModel(file, { task });
  const config = await runConfig(join(dirname(file), 'config.json'));
  if (!config && task !== undefined) throw withoutRun(file, model.tasks !== undefined);
  const { network } = model;
  const inputs = inputsOf(network);
  const imageSize = imageSizeOf(model, config);
  const channels = imageSize ? inputs / paddedPixels(imageSize, config) : 1;
  const image = imageSize ? [channels, imageSize.height, imageSize.width] : [1, 1, inputs];
  const classes = readDataClasses(model.metadata) ?? config?.classes ?? network.classes;
  const plan = config && planOf(config, image, classes, task);
  const show = config && plan && showOf(config, image, plan[task ?? 0]?.test);
  const outputs = outputClasses(plan ?? [], {
    ...{ scenario: config?.scenario ?? 'domain', outputs: config?.outputs ?? 'seen' },
    ...{ classes, names: readClassNames(model.metadata), count: network.classes, task },
  });
  const side = [imageSize?.width, imageSize?.height].every((each) => each === config?.side)
    ? config?.side
    : undefined;
  const normalisation = normalisationIn(model, channels);
  return { ...model, file, show, outputs, imageSize, channels, side, normalisation };
}

/** The same in the columns of the image as it is, without padding. */
function showOf({ padding }: RunConfig, image: readonly number[], test: SplitPlan | undefined): Show {
  return { ...test, frame: padding === 0 ? undefined : paddedColumns(image, padding) };
}

function normalisationIn({ metadata }: ModelWeights, channels: number): Normalisation | undefined {
  const told = readNormalisation(metadata);
  return told?.means.length === channels ? told : undefined;
}

/** The run's tasks. Which rows a task has needs the labels, and does not matter here. */
function planOf(
  { benchmark, options, skipTasks, padding }: RunConfig,
  image: readonly number[],
  classes: number,
  task: number | undefined,
): readonly TaskPlan[] {
  const none = new Uint8Array();
  const input = paddedShape(image, padding);
  const features = input.reduce((product, extent) => product * extent, 1);
  const data = { input, features, classes, trainLabels: none, testLabels: none };
  const plan = streamOf(benchmark, { ...options, skipTasks }, data);
  const isShownAlike = plan.every(({ test }) => test.columns === undefined && test.levels === undefined);
  if (!isShownAlike || task !== undefined) requireTask(task, options.tasks);
  return plan;
}

/** What the run wrote beside its weights, and else a square: but of its own images an earlier version tells nothing. */
function imageSizeOf({ network, metadata }: ModelWeights, run: RunConfig | undefined): ImageSize | undefined {
  const inputs = inputsOf(network);
  const told = readImageSize(metadata);
  if (told && inputs % paddedPixels(told, run) === 0) return told;
  if (run?.ownData) return undefined;
  const added = 2 * (run?.padding ?? 0);
  const side = Math.sqrt(inputs);
  return Number.isInteger(side) ? { width: side - added, height: side - added } : undefined;
}

/** Pixels of an image of this size as the network takes it. */
function paddedPixels({ width, height }: ImageSize, run: RunConfig | undefined): number {
  const added = 2 * (run?.padding ?? 0);
  return (width + added) * (height + added);
}

function requireTask(task: number | undefined, tasks: number): void {
  const allowed = `--task takes a whole number from 0 to ${tasks - 1}`;
  if (task === undefined) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `Each of the run's ${tasks} tasks has the pixels in an order of its own: say of which one the images are. ${allowed}.`,
    );
  }
  if (Number.isInteger(task) && task >= 0 && task < tasks) return;
  throw new ClTorchError('CONFIG_INVALID', `The run has ${tasks} tasks; found task ${task}. ${allowed}.`);
}

function withoutRun(file: string, isOfTasks: boolean): ClTorchError {
  const otherwise = isOfTasks ? '' : ', or leave --task out to feed the images as they are';
  return new ClTorchError(
    'CONFIG_INVALID',
    `--task needs the run that made the model: there is no config.json beside ${file}. Give the run's folder${otherwise}.`,
  );
}
