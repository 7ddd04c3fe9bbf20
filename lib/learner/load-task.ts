import { refused } from '../base/arguments.js';
import { codeOf } from '../base/errors.js';
import { isThenable } from '../base/listener.js';
import { orAborted } from '../base/signals.js';
import { shown } from '../base/values.js';
import type { Session } from '../session/session.js';
import type { RunningCall } from './calls.js';
import { featuresOf, type LearnerConfig } from './config.js';
import {
  checkedTask,
  openPieces,
  type Pieces,
  requireFinite,
  type Task,
  type TaskData,
} from './task-data.js';

/** A task's examples in a session. */
export interface LoadedTask {
  readonly view: number;
  readonly labels: Int32Array;
  /** Frees them; nothing when they are freed already. */
  readonly drop: () => Promise<void>;
}

/**
 * Copies a task to the device, piece by piece; a source may use a piece's arrays again for the next.
 * @throws {ClTorchError} As {@link checkedTask}, ABORTED, what the session and the source throw; nothing is left there.
 */
export async function loadTask(
  session: Session,
  task: Task,
  config: LearnerConfig,
  call: RunningCall,
): Promise<LoadedTask> {
  const { maxClasses } = config;
  const features = featuresOf(config);
  const labels: Int32Array[] = [];
  let dataset: number | undefined;
  try {
    for await (const piece of arriving(task, call)) {
      const examples = checkedTask(piece, features, maxClasses);
      requireFinite(examples.images, features);
      labels.push(examples.labels);
      if (dataset === undefined) dataset = await session.loadDataset(examples);
      else await session.appendDataset({ ...examples, dataset });
    }
    if (dataset === undefined) throw refused('The task is empty: there must be at least one example.');
    const columns = Int32Array.from({ length: features }, (_, column) => column);
    const view = await session.addView({ dataset, columns });
    return { view, labels: joined(labels), drop: once(session, dataset) };
  } catch (error) {
    const loaded = dataset;
    if (loaded !== undefined) await unlessDisposed(() => session.dropDataset(loaded));
    throw error;
  }
}

function once(session: Session, dataset: number): () => Promise<void> {
  let isThere = true;
  return async () => {
    if (!isThere) return;
    await session.dropDataset(dataset);
    isThere = false;
  };
}

/** Steps that tidy up: in a session that was disposed there is nothing left to be done. */
export async function unlessDisposed(steps: () => Promise<void>): Promise<void> {
  try {
    await steps();
  } catch (error) {
    if (codeOf(error) !== 'DISPOSED') throw error;
  }
}

/** The pieces of a task; waiting for one ends with the call's signal, and the source is told. */
export async function* arriving(task: Task, call: RunningCall): AsyncGenerator<TaskData, void, void> {
  const pieces = call.visit(() => openPieces(task));
  let isDone = false;
  try {
    for (;;) {
      const next = await orAborted(Promise.resolve(call.visit(() => nextOf(pieces))), call.signal);
      isDone = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    if (!isDone) leave(pieces);
  }
}

type Next = IteratorResult<TaskData, unknown>;

function nextOf(pieces: Pieces): Next | Promise<Next> {
  const next = pieces.next();
  return isThenable(next) ? Promise.resolve(next).then(withPiece) : withPiece(next);
}

/** A piece may be a promise, as in a list of files that are being read. */
function withPiece(next: Next): Next | Promise<Next> {
  if (typeof next !== 'object' || next === null) {
    throw refused(`The task's source gave ${shown(next)}, where its next() must give { done, value }.`);
  }
  const { done, value } = next;
  if (done) return { done: true, value: undefined };
  const piece = value as TaskData | PromiseLike<TaskData>;
  return isThenable(piece)
    ? Promise.resolve(piece).then((arrived) => ({ value: arrived }))
    : { value: piece };
}

/** Not awaited: a source that hangs must not keep an aborted call from ending, nor what it throws tell another story. */
function leave(pieces: Pieces): void {
  new Promise((resolve) => resolve(pieces.return?.())).catch(() => {});
}

function joined(pieces: readonly Int32Array[]): Int32Array {
  const [first] = pieces;
  if (pieces.length === 1 && first) return first;
  const labels = new Int32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const piece of pieces) {
    labels.set(piece, end);
    end += piece.length;
  }
  return labels;
}
