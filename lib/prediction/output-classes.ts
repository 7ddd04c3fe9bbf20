import { ClTorchError } from '../base/errors.js';
import type { TaskPlan } from '../benchmarks/define.js';
import { type OutputChoice, outputsOf, type TaskOutputs } from '../benchmarks/scenario.js';
import type { Scenario } from '../training/definition.js';

/** An output of a network, and the class of the data set that it stands for. */
export interface OutputClass {
  readonly output: number;
  readonly label: number;
  /** What the data set calls the class, where it has names. */
  readonly name?: string | undefined;
}

/** How a run's network is asked. */
export interface Asked {
  readonly scenario: Scenario;
  readonly outputs: OutputChoice;
  /** Of the data set. */
  readonly classes: number;
  /** What that calls them, where it has names. */
  readonly names?: readonly string[] | undefined;
  /** The network's outputs. */
  readonly count: number;
  /** Which task the images are of, where that is told. */
  readonly task: number | undefined;
}

/**
 * The outputs that a prediction is among, by their classes, the lowest first. Where the task is told, these are the task's
 * own; without it, those of all tasks. Of domain-incremental tasks, whose outputs stand for other classes in each, they are
 * then called by their number.
 *
 * @throws {ClTorchError} CONFIG_INVALID when the task is missing that a task-incremental network must be told.
 */
export function outputClasses(plan: readonly TaskPlan[], asked: Asked): readonly OutputClass[] {
  const { scenario, outputs, classes, names, count, task } = asked;
  if (scenario === 'task' && task === undefined) throw untold(plan.length);
  const { tasks } = outputsOf(plan, scenario, classes, outputs);
  const told = task === undefined ? tasks : tasks.slice(task, task + 1);
  const isNumbered = task === undefined && scenario === 'domain' && tasks.some(({ labels }) => labels);
  const found = isNumbered ? [] : told.flatMap((each) => classesOf(each, classes, names));
  const known = found.filter(({ output }) => output < count);
  const all = Array.from({ length: count }, (_, output) => ({ output, label: output }));
  return known.length === 0 ? all : known.sort((a, b) => a.label - b.label || a.output - b.output);
}

function classesOf(
  { labels, own }: TaskOutputs,
  classes: number,
  names: readonly string[] | undefined,
): OutputClass[] {
  const { begin, end } = own ?? { begin: 0, end: Number.POSITIVE_INFINITY };
  return Array.from({ length: classes }, (_, label) => ({
    output: labels ? (labels[label] ?? -1) : label,
    label,
    name: names?.[label],
  })).filter(({ output }) => output >= begin && output < end);
}

function untold(tasks: number): ClTorchError {
  return new ClTorchError(
    'CONFIG_INVALID',
    `The run's ${tasks} tasks are task-incremental: each has outputs of its own, and a prediction is among those of one. Say ` +
      `of which task the images are: --task takes a whole number from 0 to ${tasks - 1}.`,
  );
}

/** What a network takes examples for, among some of its outputs. */
export interface Ranked {
  /** The most probable class of each example, the first of several equals; -1 where not all outputs are numbers. */
  readonly labels: Int32Array;
  /** Row-major, a column for each of the outputs: their softmax. */
  readonly probabilities: Float32Array;
}

/**
 * @param logits - Row-major, the network's outputs for each example.
 * @param count - How many outputs it has.
 */
export function ranked(logits: Float32Array, count: number, among: readonly OutputClass[]): Ranked {
  const rows = logits.length / count;
  const labels = new Int32Array(rows).fill(-1);
  const probabilities = new Float32Array(rows * among.length);
  for (let row = 0; row < rows; ++row) {
    const values = among.map(({ output }) => logits[row * count + output] ?? Number.NaN);
    if (!values.every(Number.isFinite)) continue;
    const greatest = Math.max(...values);
    const shares = values.map((value) => Math.exp(value - greatest));
    const sum = shares.reduce((total, share) => total + share, 0);
    labels[row] = among[values.indexOf(greatest)]?.label ?? -1;
    for (const [column, share] of shares.entries()) probabilities[row * among.length + column] = share / sum;
  }
  return { labels, probabilities };
}
