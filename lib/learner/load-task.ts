import { codeOf } from '../errors.js';
import type { Session } from '../session.js';
import type { Labels } from '../strategies/exemplars.js';
import { orAborted } from './call-queue.js';
import { checkedTask, piecesOf, refused, type Task, type TaskData } from './task-data.js';

/** A task's examples in a session. */
export interface LoadedTask {
  readonly dataset: number;
  readonly view: number;
  readonly labels: Labels;
}

/**
 * Copies a task to the device, piece by piece.
 * @throws {ClTorchError} As {@link checkedTask}, ABORTED, what the session and the source throw; nothing is left there.
 */
export async function loadTask(
  session: Session,
  task: Task,
  features: number,
  signal: AbortSignal | undefined,
): Promise<LoadedTask> {
  const labels: Labels[] = [];
  let dataset: number | undefined;
  try {
    for await (const piece of arriving(task, signal)) {
      const examples = checkedTask(piece, features);
      labels.push(examples.labels);
      if (dataset === undefined) dataset = await session.loadDataset(examples);
      else await session.appendDataset({ ...examples, dataset });
    }
    if (dataset === undefined) throw refused('The task is empty: there must be at least one example.');
    const permutation = Int32Array.from({ length: features }, (_, column) => column);
    return { dataset, view: await session.addView({ dataset, permutation }), labels: joined(labels) };
  } catch (error) {
    const loaded = dataset;
    if (loaded !== undefined) await unlessDisposed(() => session.dropDataset(loaded));
    throw error;
  }
}

/** Steps that tidy up: in a session that was disposed there is nothing left to be done. */
export async function unlessDisposed(steps: () => Promise<void>): Promise<void> {
  try {
    await steps();
  } catch (error) {
    if (codeOf(error) !== 'DISPOSED') throw error;
  }
}

/** The pieces of a task; waiting for one ends with the signal, and the source is told. */
export async function* arriving(
  task: Task,
  signal: AbortSignal | undefined,
): AsyncGenerator<TaskData, void, void> {
  const pieces = piecesOf(task);
  const source = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  let isDone = false;
  try {
    for (;;) {
      const next = await orAborted(Promise.resolve(source.next()), signal);
      isDone = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs must not keep an aborted call from ending.
    if (!isDone) Promise.resolve(source.return?.()).catch(() => {});
  }
}

function joined(pieces: readonly Labels[]): Labels {
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
