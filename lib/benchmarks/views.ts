import type { ClassRange, DatasetOptions } from '../../binding.js';
import { ClTorchError } from '../base/errors.js';
import {
  byteValues,
  type Dataset,
  type Normalisation,
  normalisedNumbers,
  type Split,
} from '../datasets/index.js';
import type { Session } from '../session/session.js';
import type { SharedDataset } from '../session/shared-dataset.js';
import type { Scenario } from '../training/definition.js';
import type { Labels } from '../training/strategy.js';
import { blackColumns, withBlackPixels } from './black.js';
import type { BenchmarkData, SplitPlan, TaskPlan } from './define.js';
import { composed, paddedColumns, paddedShape } from './padding.js';
import { type Outputs, requireClasses, type TaskOutputs } from './scenario.js';
import { SharedExamples } from './shared-examples.js';

/** A task in a session. */
export interface LoadedTask {
  /** Ids of the views of its examples. */
  readonly train: number;
  readonly test: number;
  /** Class of every training example, as an output of the network. */
  readonly labels: Labels;
  /** What losses and predictions go over while it is the latest task; undefined where they go over all outputs. */
  readonly whenLatest?: ClassRange | undefined;
  /** Outputs that the network has while it is the latest task. */
  readonly outputs: number;
}

/**
 * What a benchmark may know of a data set.
 * @param padding - Black pixels that its images have more on each side.
 */
export function dataOf(dataset: Dataset, padding = 0): BenchmarkData {
  const { classes, train, test } = dataset;
  const input = paddedShape(shapeOf(dataset), padding);
  const features = input.reduce((product, extent) => product * extent, 1);
  return { input, features, classes, trainLabels: train.labels, testLabels: test.labels };
}

/** How a run shows the examples of its data set, whatever its stream. */
export interface ExampleDisplay {
  /** Black pixels that its images have more on each side. */
  readonly padding?: number | undefined;
  /** As the examples are when left out: of bytes byte / 255. */
  readonly normalisation?: Normalisation | undefined;
  /** Where the examples are in memory for all runs that have them. */
  readonly shared?: SharedExamples | undefined;
}

/**
 * Makes the views of a plan. The examples are on the session's device once for each choice of levels, however many tasks show
 * them; a task beyond that is its lists of rows and columns.
 *
 * @throws {ClTorchError} INVALID_ARGUMENT for a plan that does not fit the data set.
 */
export async function loadTasks(
  session: Session,
  dataset: Dataset,
  plan: readonly TaskPlan[],
  outputs: Outputs,
  display: ExampleDisplay = {},
): Promise<LoadedTask[]> {
  const loader = new Loader(session, dataset, display);
  const tasks: LoadedTask[] = [];
  for (const [index, task] of plan.entries()) {
    const its = outputs.tasks[index] as TaskOutputs;
    for (const [split, { rows }] of [
      [dataset.train, task.train],
      [dataset.test, task.test],
    ] as const) {
      requireClasses(index, task, new Set(labelsOf(split, rows)));
    }
    const found = labelsOf(dataset.train, task.train.rows);
    tasks.push({
      train: await loader.view(dataset.train, task.train, its),
      test: await loader.view(dataset.test, task.test, its),
      labels: its.labels ? Int32Array.from(found, (label) => its.labels?.[label] ?? -1) : found,
      whenLatest: its.whenLatest,
      outputs: its.count,
    });
  }
  return tasks;
}

/**
 * Sets the classes that losses and predictions go over while a task is learnt.
 * @param latest - The task, from 0.
 */
export async function beginClasses(
  session: Session,
  tasks: readonly LoadedTask[],
  latest: number,
  scenario: Scenario,
): Promise<void> {
  if (scenario === 'task') {
    for (const { train, test, whenLatest } of tasks) {
      if (whenLatest) await session.setClasses([train, test], whenLatest); // each has its own, for good
    }
    return;
  }
  const range = tasks[latest]?.whenLatest;
  if (range)
    await session.setClasses(
      tasks.flatMap(({ train, test }) => [train, test]),
      range,
    );
}

/**
 * The outputs that these tasks have taught: of each its own where it has some for itself, else all that are known together.
 * @param outputs - Of the network.
 */
export function knownClasses(
  tasks: readonly LoadedTask[],
  scenario: Scenario,
  outputs: number,
): readonly ClassRange[] {
  if (tasks.length === 0) return [];
  if (scenario === 'domain') return [{ begin: 0, end: outputs }];
  if (scenario === 'task') return tasks.flatMap(({ whenLatest = [] }) => whenLatest);
  let end = 0;
  for (const { labels } of tasks) for (const label of labels) end = Math.max(end, label + 1);
  return [{ begin: 0, end }];
}

class Loader {
  readonly #session: Session;
  readonly #dataset: Dataset;
  /** Of the data set, of each number that a task may show. */
  readonly #columns: Int32Array;
  /** Ids of the data sets that the session has. */
  readonly #loaded = new Map<SharedDataset, number>();
  readonly #normalisation: Normalisation | undefined;
  readonly #shared: SharedExamples;
  /** Undefined where the examples are shown as they are, or are numbers. */
  readonly #values: Float32Array | undefined;

  constructor(session: Session, dataset: Dataset, { padding = 0, normalisation, shared }: ExampleDisplay) {
    this.#normalisation = normalisation;
    this.#shared = shared ?? new SharedExamples();
    const isBytes = dataset.train.images instanceof Uint8Array;
    this.#values = normalisation && isBytes ? byteValues(normalisation) : undefined;
    this.#columns = paddedColumns(shapeOf(dataset), padding);
    this.#session = session;
    this.#dataset = dataset;
  }

  async view(
    split: Split,
    { rows, columns, levels }: SplitPlan,
    { labels, own }: TaskOutputs,
  ): Promise<number> {
    const inputs = this.#columns.length;
    if (columns && columns.length !== inputs) {
      throw unfit(`columns has ${columns.length} entries, and the network has ${inputs} inputs`);
    }
    const unknown = columns?.find((column) => column < -1 || column >= inputs);
    if (unknown !== undefined) {
      throw unfit(
        `columns has ${unknown}, and an example has the columns 0 to ${inputs - 1}, or -1 for zero`,
      );
    }
    const dataset = await this.#load(split, levels);
    return this.#session.addView({
      dataset,
      columns: this.#shown(columns),
      ...(this.#values ? { values: this.#values } : {}),
      ...(rows ? { rows } : {}),
      ...(labels ? { labels } : {}),
      ...(own ? { ownClasses: own } : {}),
    });
  }

  #shown(columns: Int32Array | undefined): Int32Array {
    if (!this.#values) return composed(columns, this.#columns);
    return blackColumns(columns, this.#columns, this.#dataset.channels, planeOf(this.#dataset));
  }

  async #load(split: Split, levels: Uint8Array | undefined): Promise<number> {
    const make = (): DatasetOptions => {
      const images = shownNumbers(split.images, levels);
      return { ...this.#normalised(images), labels: split.labels };
    };
    const form = `${JSON.stringify(this.#normalisation)} ${levels ?? ''}`;
    const shared = await this.#shared.get(split, form, make);
    const id = this.#loaded.get(shared) ?? (await this.#session.loadDataset({ shared }));
    this.#loaded.set(shared, id);
    return id;
  }

  #normalised(images: Split['images']): { images: Split['images']; features: number } {
    const { features, channels } = this.#dataset;
    if (!this.#normalisation) return { images, features };
    if (!(images instanceof Uint8Array)) {
      return { images: normalisedNumbers(images, features, this.#normalisation), features };
    }
    return { images: withBlackPixels(images, planeOf(this.#dataset)), features: features + channels };
  }
}

/** `[channels, height, width]` of its images. */
function shapeOf({ channels, width, height }: Dataset): number[] {
  return [channels, height, width];
}

function planeOf({ width, height }: Dataset): number {
  return width * height;
}

function shownNumbers(images: Split['images'], levels: Uint8Array | undefined): Uint8Array | Float32Array {
  if (images instanceof Uint8Array) return shownBytes(images, { levels });
  if (levels === undefined) return images;
  throw unfit('levels are for bytes, and the data set holds floating-point numbers');
}

/** The bytes as a task shows them, in their own columns. */
export function shownBytes(bytes: Uint8Array, { levels }: Pick<SplitPlan, 'levels'>): Uint8Array {
  if (levels === undefined) return bytes;
  if (levels.length !== 256) throw unfit(`levels has ${levels.length} values, one for each byte are 256`);
  return bytes.map((byte) => levels[byte] ?? 0);
}

function labelsOf({ labels, rows: count }: Split, rows: Int32Array | undefined): Labels {
  if (rows === undefined) return labels;
  const unknown = rows.find((row) => row < 0 || row >= count);
  if (unknown !== undefined) throw unfit(`rows has ${unknown}, and the rows go from 0 to ${count - 1}`);
  return Int32Array.from(rows, (row) => labels[row] ?? 0);
}

function unfit(problem: string): ClTorchError {
  return new ClTorchError('INVALID_ARGUMENT', `The benchmark's plan does not fit the data set: ${problem}.`);
}
