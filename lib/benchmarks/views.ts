import { ClTorchError } from '../base/errors.js';
import type { Dataset, Split } from '../datasets/index.js';
import type { Session } from '../session/session.js';
import type { BenchmarkData, SplitPlan, TaskPlan } from './define.js';

/** A task in a session. */
export interface LoadedTask {
  /** Ids of the views of its examples. */
  readonly train: number;
  readonly test: number;
  /** Class of every training example. */
  readonly labels: Uint8Array;
}

/** What a benchmark may know of a data set. */
export function dataOf({ width, height, features, classes, train, test }: Dataset): BenchmarkData {
  const input = [1, height, width];
  return { input, features, classes, trainLabels: train.labels, testLabels: test.labels };
}

/**
 * Makes the views of a plan. The examples are copied to the session's device once for each choice of rows and levels, however
 * many tasks show them; a task beyond that is its columns.
 *
 * @throws {ClTorchError} INVALID_ARGUMENT for a plan that does not fit the data set.
 */
export async function loadTasks(
  session: Session,
  dataset: Dataset,
  plan: readonly TaskPlan[],
): Promise<LoadedTask[]> {
  const copies = new Map<Split, Copy[]>();
  const load = async (split: Split, show: SplitPlan): Promise<{ view: number; labels: Uint8Array }> => {
    const known = copies.get(split) ?? [];
    copies.set(split, known);
    let copy = known.find(({ rows, levels }) => rows === show.rows && levels === show.levels);
    if (copy === undefined) {
      const { images, labels } = examplesOf(split, show, dataset.features);
      const id = await session.loadDataset({ images, labels, features: dataset.features });
      copy = { rows: show.rows, levels: show.levels, labels, id };
      known.push(copy);
    }
    const view = await session.addView({ dataset: copy.id, permutation: show.columns });
    return { view, labels: copy.labels };
  };
  const tasks: LoadedTask[] = [];
  for (const [task, { train, test, classes }] of plan.entries()) {
    const [learnt, measured] = [await load(dataset.train, train), await load(dataset.test, test)];
    requireClasses(task, classes, [learnt.labels, measured.labels]);
    tasks.push({ train: learnt.view, test: measured.view, labels: learnt.labels });
  }
  return tasks;
}

/** A choice of examples that is on the device. */
interface Copy extends Pick<SplitPlan, 'rows' | 'levels'> {
  readonly labels: Uint8Array;
  /** Of the data set. */
  readonly id: number;
}

/** The bytes as a task shows them, in their own columns. */
export function shownBytes(bytes: Uint8Array, { levels }: Pick<SplitPlan, 'levels'>): Uint8Array {
  if (levels === undefined) return bytes;
  if (levels.length !== 256) throw unfit(`levels has ${levels.length} values, one for each byte are 256`);
  return bytes.map((byte) => levels[byte] ?? 0);
}

function examplesOf(
  split: Split,
  show: SplitPlan,
  features: number,
): { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const { rows } = show;
  if (rows === undefined) return { images: shownBytes(split.images, show), labels: split.labels };
  const images = new Uint8Array(rows.length * features);
  const labels = new Uint8Array(rows.length);
  for (const [place, row] of rows.entries()) {
    if (row < 0 || row >= split.rows)
      throw unfit(`rows has ${row}, and the rows go from 0 to ${split.rows - 1}`);
    images.set(split.images.subarray(row * features, (row + 1) * features), place * features);
    labels[place] = split.labels[row] ?? 0;
  }
  return { images: shownBytes(images, show), labels };
}

function requireClasses(task: number, classes: TaskPlan['classes'], labels: readonly Uint8Array[]): void {
  if (classes === undefined) return;
  const { first, count } = classes;
  for (const label of labels.flatMap((each) => [...new Set(each)])) {
    if (label >= first && label < first + count) continue;
    throw unfit(
      `task ${task} has the label ${label}, and says that its classes go from ${first} to ${first + count - 1}`,
    );
  }
}

function unfit(problem: string): ClTorchError {
  return new ClTorchError('INVALID_ARGUMENT', `The benchmark's plan does not fit the data set: ${problem}.`);
}
