import { ClTorchError } from '../../base/errors.js';
import type { BatchLossInput } from '../../session/objective-calls.js';
import type { Labels, TaskContext } from '../../training/strategy.js';

/**
 * New classes by the cross-entropy of sigmoids, and those that are learnt by distillation: the targets of their sigmoids are
 * those of the stored outputs, whatever an example's label is. The sum over the classes, each with the same weight.
 * @param learnt - The first class that no earlier task has taught.
 */
export function distilled(
  { knownClasses, lossClasses }: Pick<TaskContext, 'knownClasses' | 'lossClasses'>,
  learnt: number,
  temperature: number,
): BatchLossInput {
  const known = knownClasses
    .map(({ begin, end }) => ({ begin, end: Math.min(end, learnt) }))
    .filter(({ begin, end }) => begin < end);
  const { end } = lossClasses;
  const begin = Math.max(lossClasses.begin, ...known.map((each) => each.end));
  const shared = { kind: 'binary', weight: 1, reduction: 'sum', temperature } as const;
  return {
    ...(begin < end ? { binary: { begin, end } } : { crossEntropy: 0 }),
    targets: known.map((classes) => ({ ...shared, classes })),
  };
}

/** The first class that is none of these, nor before any of them. */
export function firstUnlearnt(labels: Labels): number {
  let end = 0;
  for (const label of labels) end = Math.max(end, label + 1);
  return end;
}

/**
 * Refuses tasks of which one has a class that no earlier one has taught, and a lower number than one that has been taught.
 * @throws {ClTorchError} CONFIG_INVALID.
 */
export function requireOrder(tasks: readonly { readonly labels: Labels }[]): void {
  const taught = new Set<number>();
  let learnt = 0;
  for (const { labels } of tasks) {
    const late = labels.find((label) => label < learnt && !taught.has(label));
    if (late !== undefined) {
      throw new ClTorchError(
        'CONFIG_INVALID',
        'strategy: icarl learns classes in the order of their numbers, and a task has the first examples of class ' +
          `${late} after one that has taught class ${learnt - 1}. Number the classes as they come, or take another strategy, such as er.`,
      );
    }
    learnt = Math.max(learnt, firstUnlearnt(labels));
    for (const label of labels) taught.add(label);
  }
}
