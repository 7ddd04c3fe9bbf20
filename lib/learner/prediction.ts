import type { DatasetOptions } from '../../binding.js';
import { refused } from '../base/arguments.js';
import { ClTorchError } from '../base/errors.js';
import type { CallOptions } from '../session/native-calls.js';
import type { Session } from '../session/session.js';
import { MOST_CLASSES } from './config.js';
import { checkedInputs, checkedTask, type Inputs, requireFinite, type TaskData } from './task-data.js';

/** What a learner takes examples for. */
export interface Prediction {
  /** The most probable class of each example, the first of several equals. */
  readonly labels: Int32Array;
  /** Row-major, `labels.length × classes`: each row sums to 1. */
  readonly probabilities: Float32Array;
  readonly classes: number;
}

/** The same without the probabilities. */
export type Classification = Omit<Prediction, 'probabilities'>;

/** How well a learner does on examples. */
export interface Evaluation {
  readonly rows: number;
  /** Examples whose most probable class is their label. */
  readonly correct: number;
  /** Percent right. */
  readonly accuracy: number;
  /** Mean cross-entropy; NaN where the network has diverged, whose examples count as wrong. */
  readonly loss: number;
}

/** A network that is asked, and the session that holds it. */
export interface AskedNetwork {
  readonly session: Session;
  readonly features: number;
  readonly classes: number;
}

/** Bounds what a call copies, and so the time for which the event loop stands still: 4 MB of inputs, 8 MB of outputs. */
const INPUTS_AT_ONCE = 1 << 20;
const OUTPUTS_AT_ONCE = 1 << 21;

/**
 * What a network takes inputs for.
 * @throws {ClTorchError} INVALID_ARGUMENT for inputs that do not fit or are not finite; DIVERGED; ABORTED; DISPOSED.
 */
export async function predict(
  network: AskedNetwork,
  inputs: Inputs,
  wanted: { readonly probabilities: boolean },
  { signal }: CallOptions,
): Promise<Prediction | Classification> {
  const { session, features, classes } = network;
  const { images } = checkedInputs(inputs, features);
  const labels = new Int32Array(images.length / features);
  const probabilities = new Float32Array(wanted.probabilities ? labels.length * classes : 0);
  const step = rowsAtOnce(network);
  for (let begin = 0; begin < labels.length; begin += step) {
    const slice = images.subarray(begin * features, (begin + step) * features);
    requireFinite(slice, features, begin);
    const part = await session.classify({ images: slice, features, ...wanted }, { signal });
    requireClasses(part.labels, begin);
    labels.set(part.labels, begin);
    if (part.probabilities) probabilities.set(part.probabilities, begin * classes);
  }
  return wanted.probabilities ? { labels, probabilities, classes } : { labels, classes };
}

/**
 * How well a network does on the pieces of a task.
 * @throws {ClTorchError} As {@link predict}, but for DIVERGED; INVALID_ARGUMENT also for a label that is no class of the
 * network's, and when there are no pieces.
 */
export async function evaluate(
  network: AskedNetwork,
  pieces: AsyncIterable<TaskData>,
  { signal }: CallOptions,
): Promise<Evaluation> {
  let [rows, correct, loss] = [0, 0, 0];
  for await (const piece of pieces) {
    const examples = checkedTask(piece, network.features, MOST_CLASSES);
    requireKnown(examples, network.classes);
    let row = 0;
    for (const slice of slices(examples, rowsAtOnce(network))) {
      requireFinite(slice.images, network.features, row);
      row += slice.labels.length;
      const part = await network.session.score(slice, { signal });
      correct += part.correct;
      loss += part.loss;
    }
    rows += row;
  }
  if (rows === 0) throw refused('The task is empty: there must be at least one example.');
  return { rows, correct, accuracy: (100 * correct) / rows, loss: loss / rows };
}

/** @throws {ClTorchError} DIVERGED when a row is of no class. */
export function requireClasses(labels: Int32Array, firstRow: number = 0): void {
  const row = labels.findIndex((label) => label < 0);
  if (row < 0) return;
  throw new ClTorchError(
    'DIVERGED',
    `The network's outputs for row ${firstRow + row} (from 0) are not all numbers, so that no class is the most probable: ` +
      'its training has diverged, or the inputs are far too large. Train it again with a smaller learningRate, or load it ' +
      'as it was saved before.',
  );
}

function rowsAtOnce({ features, classes }: AskedNetwork): number {
  return Math.max(1, Math.floor(Math.min(INPUTS_AT_ONCE / features, OUTPUTS_AT_ONCE / classes)));
}

/** The examples, so many rows at a time. */
function* slices({ images, labels, features }: DatasetOptions, rows: number): Generator<DatasetOptions> {
  for (let begin = 0; begin < labels.length; begin += rows) {
    const end = begin + rows;
    yield {
      images: images.subarray(begin * features, end * features),
      labels: labels.subarray(begin, end),
      features,
    };
  }
}

function requireKnown({ labels }: DatasetOptions, classes: number): void {
  const row = labels.findIndex((label) => label >= classes);
  if (row < 0) return;
  throw refused(
    `labels[${row}] is ${labels[row]}, but the learner knows ${classes} classes, numbered from 0. ` +
      'Learn a task with that class first.',
  );
}
