import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClTorchError, codeOf, messageOf } from '../base/errors.js';
import { shown } from '../base/values.js';
import type { BenchmarkData, BenchmarkDefinition, SplitPlan, TasksOption } from '../benchmarks/define.js';
import { benchmarkNamed, benchmarks } from '../benchmarks/index.js';
import { composed, paddedColumns, paddedShape } from '../benchmarks/padding.js';
import { shownBytes } from '../benchmarks/views.js';
import { type ImageSize, readImageSize } from '../checkpoint/image-size.js';
import { loadModel, type ModelWeights } from '../checkpoint/model-file.js';
import { damaged } from '../checkpoint/trouble.js';
import { type DatasetDefinition, datasets } from '../datasets/index.js';
import { lookAt, parseJson } from '../files/index.js';
import { parseOptions } from '../options/check.js';
import { inputsOf } from '../session/network.js';

/** A network and the way in which it is shown the pixels of an image. */
export interface TrainedModel extends ModelWeights {
  readonly file: string;
  /** As the task's test images are shown; undefined where they come as they are. */
  readonly show: SplitPlan | undefined;
  /** Of the images that it was trained on; undefined where nothing tells it. */
  readonly imageSize: ImageSize | undefined;
  /** Of those images: 3 for colours. */
  readonly channels: number;
  /** What pictures were scaled to, if they were. */
  readonly side: number | undefined;
}

/**
 * Reads `model.safetensors`, or the one of a run's folder. In a permuted benchmark each task shuffles the pixels in its
 * own way, the first one too, so that an image means nothing to the network before it is told which task it is of. A
 * model file that lies beside a run's `config.json` is that run's.
 *
 * @param path - The file or the folder.
 * @param task - Whose order of pixels the images are to be taken in, from 0.
 * @throws {ClTorchError} CONFIG_INVALID when the task is missing, out of range or means nothing; FILE_DAMAGED when the
 * run's configuration is no JSON; what `loadModel` throws.
 */
export async function loadTrainedModel(path: string, task: number | undefined): Promise<TrainedModel> {
  const file = lookAt(path) === 'folder' ? join(path, 'model.safetensors') : path;
  const model = await loadModel(file);
  const config = await runConfig(join(dirname(file), 'config.json'));
  if (!config && task !== undefined) throw withoutRun(file);
  const { network } = model;
  const inputs = inputsOf(network);
  const imageSize = imageSizeOf(model, config);
  const channels = imageSize ? inputs / paddedPixels(imageSize, config) : 1;
  const image = imageSize ? [channels, imageSize.height, imageSize.width] : [1, 1, inputs];
  const show = config && showOf(config, image, inputs, task);
  const side = [imageSize?.width, imageSize?.height].every((each) => each === config?.side)
    ? config?.side
    : undefined;
  return { ...model, file, show, imageSize, channels, side };
}

/** The same in the columns of the image as it is, without padding. */
function showOf(
  config: RunConfig,
  image: readonly number[],
  features: number,
  task: number | undefined,
): SplitPlan | undefined {
  const { classes, padding } = config;
  const plan = planOf(config, { input: paddedShape(image, padding), features, classes }, task);
  return padding === 0 ? plan : { ...plan, columns: composed(plan?.columns, paddedColumns(image, padding)) };
}

/** How the run showed its test images. Which rows a task has needs the labels, and does not matter here. */
function planOf(
  { benchmark, options }: RunConfig,
  shape: Omit<BenchmarkData, 'trainLabels' | 'testLabels'>,
  task: number | undefined,
): SplitPlan | undefined {
  const none = new Uint8Array();
  const plan = benchmark.plan(options, { ...shape, trainLabels: none, testLabels: none });
  const isShownAlike = plan.every(({ test }) => test.columns === undefined && test.levels === undefined);
  if (!isShownAlike || task !== undefined) requireTask(task, options.tasks);
  return plan[task ?? 0]?.test;
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

/**
 * Images as the network takes them.
 * @param image - Pixels of one of them.
 */
export function shownAs(images: Uint8Array, image: number, show: SplitPlan | undefined): Uint8Array {
  if (!show) return images;
  const pixels = shownBytes(images, show);
  const { columns } = show;
  if (!columns) return pixels;
  const count = pixels.length / image;
  const result = new Uint8Array(count * columns.length);
  for (let each = 0; each < count; ++each) {
    for (const [column, pixel] of columns.entries()) {
      result[each * columns.length + column] = pixel < 0 ? 0 : (pixels[each * image + pixel] ?? 0);
    }
  }
  return result;
}

interface RunConfig {
  readonly benchmark: BenchmarkDefinition;
  /** Of the benchmark. */
  readonly options: TasksOption;
  /** Of its data set; of the user's own, as many as labels of a byte can have. */
  readonly classes: number;
  /** Black pixels on each side of its images. */
  readonly padding: number;
  /** Whether its images are the user's own, of any size, instead of a published data set's. */
  readonly ownData: boolean;
  /** What its pictures are scaled to, if they are. */
  readonly side: number | undefined;
}

async function runConfig(file: string): Promise<RunConfig | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  // A run with a custom strategy has a name here that is none of ours; of such a run its benchmark is enough.
  const config = fromBytes(bytes, file);
  const { benchmark: name = benchmarks[0].name, dataDir } = config;
  const benchmark = benchmarkNamed(name);
  if (!benchmark) throw unknownBenchmark(file, name);
  const known: DatasetDefinition | undefined = datasets.find(({ name: each }) => each === config.dataset);
  const ownData = dataDir !== undefined;
  const padding = typeof config.padding === 'number' ? config.padding : 0; // earlier versions had none
  const side = typeof config.imageSize === 'number' ? config.imageSize : known?.imageSize;
  const classes = ownData || !known ? 256 : known.classes;
  return { benchmark, options: parseOptions(benchmark.options, config), classes, padding, ownData, side };
}

function fromBytes(bytes: Uint8Array, file: string): Record<string, unknown> {
  try {
    return Object(parseJson(bytes));
  } catch (error) {
    throw damaged(file, 'configuration', `it is no JSON (${messageOf(error)})`, error);
  }
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

function withoutRun(file: string): ClTorchError {
  return new ClTorchError(
    'CONFIG_INVALID',
    `--task needs the run that made the model: there is no config.json beside ${file}. Give the run's folder, or leave ` +
      '--task out to feed the images as they are.',
  );
}

function unknownBenchmark(file: string, name: unknown): ClTorchError {
  return new ClTorchError(
    'CONFIG_INVALID',
    `${file} names the custom benchmark ${shown(name)}, and only its author's file tells how it shows an image. Give the ` +
      'model.safetensors from another folder to feed the images as they are.',
  );
}
