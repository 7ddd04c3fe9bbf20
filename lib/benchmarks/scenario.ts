import type { ClassRange } from '../../binding.js';
import { ClTorchError } from '../base/errors.js';
import type { Scenario } from '../training/definition.js';
import type { TaskPlan } from './define.js';

/**
 * Of class-incremental tasks, the outputs that losses and predictions go over: of the classes seen so far, of all, or of
 * those seen so far while the network has no others, so that its last layer grows.
 */
export type OutputChoice = 'seen' | 'all' | 'grow';

/** A task's classes as outputs of the network. */
export interface TaskOutputs {
  /** `labels[c]`: the output for the data set's class c, -1 where the task has none of it; each its own when undefined. */
  readonly labels?: Int32Array | undefined;
  /** Of the task's own classes; undefined where all tasks share the outputs. */
  readonly own?: ClassRange | undefined;
  /** What losses and predictions go over while this is the latest task; undefined where they go over all outputs. */
  readonly whenLatest?: ClassRange | undefined;
  /** How many the network has while this is the latest task. */
  readonly count: number;
}

/** How a network's outputs are shared among tasks. */
export interface Outputs {
  /** How many there are in the end. */
  readonly count: number;
  readonly tasks: readonly TaskOutputs[];
}

/**
 * The outputs of a stream in a scenario: domain-incremental tasks share them, of the others each has its own. Tasks that do
 * not say which classes they have are told apart all the same: class c of task t is then output t × classes + c.
 *
 * @param classes - Of the data set.
 * @param choice - For class-incremental tasks.
 */
export function outputsOf(
  plan: readonly TaskPlan[],
  scenario: Scenario,
  classes: number,
  choice: OutputChoice,
): Outputs {
  if (scenario === 'domain') return sharedOutputs(plan, classes);
  const tasks = plan.map((task, index) => {
    const first = task.classes?.first ?? index * classes;
    const own = { begin: first, end: first + (task.classes?.count ?? classes) };
    const labels = task.classes ? task.labels : movedBy(first, task.labels, classes);
    return { labels, own };
  });
  const count = Math.max(...tasks.map(({ own }) => own.end));
  if (scenario === 'task')
    return { count, tasks: tasks.map((task) => ({ ...task, whenLatest: task.own, count })) };
  const seenAfter = (index: number): ClassRange => ({
    begin: 0,
    end: Math.max(...tasks.slice(0, index + 1).map(({ own }) => own.end)),
  });
  return {
    count,
    tasks: tasks.map((task, index) => {
      if (choice === 'all') return { ...task, count };
      const seen = seenAfter(index);
      return choice === 'grow' ? { ...task, count: seen.end } : { ...task, whenLatest: seen, count };
    }),
  };
}

function sharedOutputs(plan: readonly TaskPlan[], classes: number): Outputs {
  const count = Math.max(...plan.map((task) => task.classes?.count ?? classes));
  const tasks = plan.map(({ classes: own, labels }) => {
    const first = own?.first ?? 0;
    return { labels: first === 0 ? labels : movedBy(-first, labels, classes), count };
  });
  return { count, tasks };
}

/** Labels moved by a number; those of no example of the task are none. */
function movedBy(by: number, labels: Int32Array | undefined, classes: number): Int32Array {
  const all = labels ?? Int32Array.from({ length: classes }, (_, label) => label);
  return all.map((label) => (label < 0 ? -1 : Math.max(label + by, -1)));
}

/** @throws {ClTorchError} INVALID_ARGUMENT when the task has a label that is none of its classes. */
export function requireClasses(index: number, { classes, labels }: TaskPlan, found: Iterable<number>): void {
  if (classes === undefined) return;
  const { first, count } = classes;
  for (const label of found) {
    const called = labels ? (labels[label] ?? -1) : label;
    if (called >= first && called < first + count) continue;
    throw new ClTorchError(
      'INVALID_ARGUMENT',
      `The benchmark's plan does not fit the data set: task ${index} has the label ${called}, and says that its classes ` +
        `go from ${first} to ${first + count - 1}.`,
    );
  }
}
