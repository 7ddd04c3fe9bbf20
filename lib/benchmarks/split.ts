import { z } from 'zod';
import { ClTorchError } from '../base/errors.js';
import type { DatasetName } from '../datasets/index.js';
import { integer, seed } from '../options/kinds.js';
import { inGroup, type Kind, type OptionSchemas, optional, withDefault } from '../options/option.js';
import { PythonRandom } from '../random/python-random.js';
import type { Labels } from '../training/strategy.js';
import type { BenchmarkData, BenchmarkDefinition, TaskClasses, TaskPlan, TasksOption } from './define.js';
import { tasksOption } from './tasks.js';

const MOST_CLASSES = 10_000;

export interface SplitOptions extends TasksOption {
  /** Classes of each task. Default 2. */
  readonly classesPerTask: number;
  /** Classes of the first task; as many as each has when left out. */
  readonly firstTaskClasses?: number | undefined;
  /** Order in which the tasks take the data set's classes: as they are numbered, shuffled by classSeed, or given. Default natural. */
  readonly classOrder: 'natural' | 'seeded' | readonly number[];
  /** Seed of a seeded order of classes, as Python's random.seed. Default 2024. */
  readonly classSeed: number;
}

const order: Kind<SplitOptions['classOrder']> = {
  schema: z.union([
    z.literal(['natural', 'seeded']),
    z
      .array(z.int().min(0).max(MOST_CLASSES))
      .min(1)
      .max(1000)
      .refine((list) => new Set(list).size === list.length, { error: 'a class stands in it twice' }),
  ]),
  expected: 'natural, seeded or a list of different classes, numbered from 0',
  form: 'word or numbers',
  placeholder: 'N,N,…',
};

/** What a stream of this kind has by default. */
interface Defaults {
  readonly tasks: number;
  readonly classesPerTask: number;
}

function optionsWith({ tasks, classesPerTask }: Defaults): OptionSchemas<SplitOptions> {
  return inGroup('Tasks and data', {
    tasks: tasksOption(tasks),
    classesPerTask: withDefault(integer(1, MOST_CLASSES), classesPerTask, 'classes of each task', {
      aliases: ['n-classes-per-task', 'increment'],
    }),
    firstTaskClasses: optional(
      integer(1, MOST_CLASSES),
      'classes of the first task; as many as each has when left out',
      { aliases: ['initial-increment', 'base-classes'] },
    ),
    classOrder: withDefault(
      order,
      'natural',
      "order in which the tasks take the data set's classes: as they are numbered, shuffled by classSeed, or given",
    ),
    classSeed: withDefault(seed, 2024, "seed of a seeded order of classes, as Python's random.seed"),
  });
}

/** A stream over some data sets whose tasks have classes of their own. */
export function splitStream<const Name extends string>(
  { name, title, datasets }: { name: Name; title: string; datasets?: readonly DatasetName[] },
  defaults: Defaults,
): BenchmarkDefinition<SplitOptions, Name> {
  return {
    name,
    title,
    source: 'Zenke et al., Continual learning through synaptic intelligence, 2017',
    scenarios: ['class', 'task', 'domain'],
    ...(datasets ? { datasets } : {}),
    options: optionsWith(defaults),
    plan: planOf,
  };
}

/** Every task has the examples of classes that no other task has. */
export const split: BenchmarkDefinition<SplitOptions, 'split'> = splitStream(
  { name: 'split', title: 'each task has classes of its own of any data set' },
  { tasks: 5, classesPerTask: 2 },
);

function planOf(options: SplitOptions, data: BenchmarkData): TaskPlan[] {
  const taken = orderOf(options, data.classes);
  const labels = new Int32Array(data.classes).fill(-1);
  for (const [place, label] of taken.entries()) labels[label] = place;
  const train = rowsByPlace(data.trainLabels, labels);
  const test = rowsByPlace(data.testLabels, labels);
  return classesOf(options).map((classes, task) => ({
    train: { rows: rowsIn(train, classes, task, 'training') },
    test: { rows: rowsIn(test, classes, task, 'test') },
    classes,
    labels: onlyIn(labels, classes),
  }));
}

/** The classes of each task, as the stream numbers them. */
function classesOf({
  tasks,
  classesPerTask,
  firstTaskClasses = classesPerTask,
}: SplitOptions): TaskClasses[] {
  return Array.from({ length: tasks }, (_, task) =>
    task === 0
      ? { first: 0, count: firstTaskClasses }
      : { first: firstTaskClasses + (task - 1) * classesPerTask, count: classesPerTask },
  );
}

/** The data set's classes that the stream has, in its order. */
function orderOf(options: SplitOptions, classes: number): readonly number[] {
  const { tasks, classesPerTask, classOrder, classSeed } = options;
  const { first, count } = classesOf(options).at(-1) as TaskClasses;
  const needed = first + count;
  const order = listed(classOrder, classSeed, classes);
  const unknown = order.find((label) => label >= classes);
  if (unknown !== undefined) {
    throw unfit(
      `classOrder (--class-order) has the class ${unknown}, and the data set has ${classes}, from 0 on`,
    );
  }
  if (needed <= order.length) return order.slice(0, needed);
  throw unfit(
    `tasks (--tasks) is ${tasks} and classesPerTask (--classes-per-task) ${classesPerTask}: together they need ` +
      `${needed} classes, and there are ${order.length}`,
  );
}

function listed(order: SplitOptions['classOrder'], seed: number, classes: number): readonly number[] {
  if (order !== 'natural' && order !== 'seeded') return order;
  const natural = Int32Array.from({ length: classes }, (_, label) => label);
  if (order === 'seeded') new PythonRandom(seed).shuffle(natural);
  return [...natural];
}

/** The rows of each class, in the data set's order; by the class's place in the stream. */
function rowsByPlace(labels: Labels, places: Int32Array): number[][] {
  const rows: number[][] = Array.from({ length: Math.max(...places) + 1 }, () => []);
  for (const [row, label] of labels.entries()) rows[places[label] ?? -1]?.push(row);
  return rows;
}

/** The rows of some classes, in the data set's order. */
function rowsIn(
  rows: readonly number[][],
  { first, count }: TaskClasses,
  task: number,
  what: string,
): Int32Array {
  const found = Int32Array.from(rows.slice(first, first + count).flat()).sort();
  const isShapeAlone = rows.every((each) => each.length === 0); // whoever asks has no labels, and wants to know no rows
  if (found.length > 0 || isShapeAlone) return found;
  throw unfit(`the data set has no ${what} example of the classes of task ${task}`);
}

function onlyIn(labels: Int32Array, { first, count }: TaskClasses): Int32Array {
  return labels.map((place) => (place >= first && place < first + count ? place : -1));
}

function unfit(problem: string): ClTorchError {
  return new ClTorchError('CONFIG_INVALID', `The split stream cannot be made: ${problem}.`);
}
