import { types } from 'node:util';
import type { DatasetOptions } from '../../binding.js';
import { reading, readProperty, refused } from '../base/arguments.js';
import type { ClTorchError } from '../base/errors.js';
import { kindOf, property, shown } from '../base/values.js';
import type { Labels } from '../training/strategy.js';
import { MOST_CLASSES } from './config.js';

/** Looked up once: for each of millions of values that takes minutes in the global object of Jest or Vitest's vm pools. */
const { isFinite: isFiniteNumber, isInteger } = Number;

/** Inputs of a network: one row an example. */
export interface Inputs {
  /** Row-major: bytes, which count as byte / 255, or finite numbers as they are. */
  readonly inputs: Uint8Array | Float32Array;
  /**
   * Rows, then the sizes of an example, such as `[60000, 28, 28]` or `[60000, 784]`; their product is the length of
   * `inputs`. When left out, the length tells how many rows there are.
   */
  readonly shape?: readonly number[] | undefined;
}

/** Examples with their classes. */
export interface TaskData extends Inputs {
  /** The class of each row: whole numbers from 0. */
  readonly labels: ArrayLike<number>;
}

/** What is learnt or measured at once: the examples, or pieces of them as they come. */
export type Task = TaskData | Iterable<TaskData> | AsyncIterable<TaskData>;

export type CheckedTask = DatasetOptions & { readonly labels: Int32Array };

/**
 * A task as it is now: another array in the caller's object changes nothing afterwards.
 * @throws {ClTorchError} INVALID_ARGUMENT for what is no object or cannot be read.
 */
export function readTask(task: Task): Task {
  if (typeof task !== 'object' || task === null) throw refused(`A task is an object, found ${shown(task)}.`);
  return openerOf(task) ? task : readExamples(task as TaskData);
}

/** The same of inputs. */
export function readInputs(data: Inputs): Inputs {
  if (typeof data !== 'object' || data === null)
    throw refused(`Examples are an object, found ${shown(data)}.`);
  return readExamples(data);
}

function readExamples<Examples extends Inputs>(given: Examples): Examples {
  const [inputs, labels, shape] = ['inputs', 'labels', 'shape'].map((key) => readProperty(given, key));
  return { inputs, labels, shape: Array.isArray(shape) ? [...shape] : shape } as unknown as Examples;
}

/** What gives the pieces of a task, one after another. */
export type Pieces = Iterator<TaskData> | AsyncIterator<TaskData>;

/**
 * The pieces of a task, in order; a task given as arrays is one piece.
 * @throws {ClTorchError} INVALID_ARGUMENT for a source that is no iterable; what the source itself throws.
 */
export function openPieces(task: Task): Pieces {
  const open = openerOf(task);
  if (!open) return [task as TaskData].values();
  const pieces: unknown = open.call(task);
  if (typeof property(pieces, 'next') === 'function') return pieces as Pieces;
  throw refused(`The task's source gave no iterator, but ${shown(pieces)}: it must have a method next().`);
}

/** The method by which the task is iterated; undefined where it is none that can be. */
function openerOf(task: Task): (() => unknown) | undefined {
  for (const key of [Symbol.asyncIterator, Symbol.iterator]) {
    const open = readProperty(task, key, 'The task');
    if (typeof open === 'function') return open as () => unknown;
    if (open !== undefined && open !== null)
      throw refused(`The task's ${String(key)} must be a method; found ${shown(open)}.`);
  }
  return undefined;
}

/**
 * Inputs in the form that a session takes; whether they are finite is for {@link requireFinite}.
 * @throws {ClTorchError} INVALID_ARGUMENT when the sizes do not fit.
 */
export function checkedInputs(data: Inputs, features: number): Omit<DatasetOptions, 'labels'> {
  const { inputs, shape } = readInputs(data);
  if (!(types.isUint8Array(inputs) || types.isFloat32Array(inputs))) {
    throw refused(`inputs must be a Uint8Array or a Float32Array, found ${kindOf(inputs)}.`);
  }
  if (shape !== undefined) requireShape(shape, inputs.length, features);
  if (isDetached(inputs.buffer)) {
    throw refused(
      'inputs is empty: its memory was transferred elsewhere, as to a worker. Give a copy away instead.',
    );
  }
  if (inputs.length === 0) throw refused('inputs is empty: there must be at least one example.');
  if (inputs.length % features !== 0) {
    throw refused(
      `inputs has ${inputs.length} values, which is no whole number of examples of ${features} (the learner's inputs).`,
    );
  }
  return { images: inputs, features };
}

/**
 * @param firstRow - The number of the first example in messages.
 * @throws {ClTorchError} INVALID_ARGUMENT when a value is NaN or infinite.
 */
export function requireFinite(
  inputs: Uint8Array | Float32Array,
  features: number,
  firstRow: number = 0,
): void {
  if (types.isUint8Array(inputs)) return;
  let position = 0; // a loop: a callback takes long for millions of numbers
  while (position < inputs.length && isFiniteNumber(inputs[position])) ++position;
  if (position === inputs.length) return;
  const row = firstRow + Math.floor(position / features);
  throw refused(
    `inputs has ${inputs[position]} in row ${row}, column ${position % features} (from 0); every value must be finite.`,
  );
}

/**
 * Examples in the form that a session takes; the labels are a copy. Whether the inputs are finite is for
 * {@link requireFinite}.
 *
 * @param mostClasses - A label must be below.
 * @throws {ClTorchError} INVALID_ARGUMENT when sizes do not fit or a label is no class.
 */
export function checkedTask(data: TaskData, features: number, mostClasses: number): CheckedTask {
  if (typeof data !== 'object' || data === null) throw refused(`A task is an object, found ${shown(data)}.`);
  const { labels, ...examples } = readExamples(data);
  const inputs = checkedInputs(examples, features);
  const rows = inputs.images.length / features;
  if (typeof labels !== 'object' || labels === null || typeof labels.length !== 'number') {
    throw refused(`labels must be an array of whole numbers, found ${kindOf(labels)}.`);
  }
  if (labels.length !== rows) {
    throw refused(`There are ${rows} examples and ${labels.length} labels; give each example its label.`);
  }
  return { ...inputs, labels: reading('labels', () => classIndices(labels, mostClasses)) };
}

/** One more than the highest label. */
export function classesIn(labels: Labels): number {
  let highest = -1;
  for (const label of labels) if (label > highest) highest = label;
  return highest + 1;
}

/** Node 20 has no `detached` to ask. */
function isDetached(buffer: ArrayBufferLike): boolean {
  if (types.isSharedArrayBuffer(buffer)) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

function requireShape(shape: readonly number[], values: number, features: number): void {
  if (!Array.isArray(shape)) throw refused(`shape must be a list of sizes, found ${shown(shape)}.`);
  const [rows = 0, ...example] = shape;
  const isWhole = shape.every((size) => Number.isInteger(size) && size >= 0);
  const width = example.reduce((product, size) => product * size, 1);
  if (isWhole && example.length > 0 && width === features && rows * width === values) return;
  throw refused(
    `shape is [${shape.map(shown).join(', ')}], which does not fit: it must be the rows and then the sizes of an example, whose ` +
      `product is ${features} (the learner's inputs); together ${values}, the length of inputs.`,
  );
}

function classIndices(labels: ArrayLike<number>, mostClasses: number): Int32Array {
  const indices = new Int32Array(labels.length);
  for (let row = 0; row < labels.length; ++row) {
    const label = labels[row];
    if (!isInteger(label) || (label as number) < 0 || (label as number) >= MOST_CLASSES) {
      throw refused(
        `labels[${row}] is ${shown(label)}; a label is a whole number from 0 to ${MOST_CLASSES - 1}.`,
      );
    }
    if ((label as number) >= mostClasses) throw tooManyClasses(row, label as number, mostClasses);
    indices[row] = label as number;
  }
  return indices;
}

function tooManyClasses(row: number, label: number, mostClasses: number): ClTorchError {
  return refused(
    `labels[${row}] is ${label}: the network would get ${label + 1} outputs for good, and this learner may have at most ` +
      `${mostClasses} (maxClasses). Number the classes from 0 without gaps, or make the learner with a higher maxClasses.`,
  );
}
