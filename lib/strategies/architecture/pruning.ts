import type { NamedTensor } from '../../../binding.js';
import { layerOf } from '../../base/name-patterns.js';
import type { Labels } from '../../training/strategy.js';

/** What becomes of the weights that are free when a task has been learnt. */
export interface Pruning {
  /** 1 at those that the task keeps, 0 elsewhere. */
  readonly kept: readonly Float32Array[];
  /** All weights; those that are given back are 0. */
  readonly left: readonly Float32Array[];
}

/**
 * A task keeps the largest of the weights that are free, layer by layer. Of the last layer it keeps all that leads to its
 * own outputs, and nothing else. Of the other layers' biases none are given back: the first task keeps all.
 * @param free - 1 where a weight is free, tensor by tensor.
 * @param pruned - Share of the free weights that is given back.
 */
export function keepLargest(
  parameters: readonly NamedTensor[],
  free: readonly NamedTensor[],
  { task, labels, pruned }: { readonly task: number; readonly labels: Labels; readonly pruned: number },
): Pruning {
  const own = new Set(labels);
  const [first, last] = [Math.min(...own), Math.max(...own)];
  const head = layerOf(parameters.at(-1)?.name ?? '');
  const isHead = (tensor: number): boolean => layerOf(parameters[tensor]?.name ?? '') === head;
  const isFree = (tensor: number, at: number): boolean => free[tensor]?.data[at] === 1;
  const kept = parameters.map(({ data, shape }, tensor) => {
    const mask = new Float32Array(data.length);
    if (isHead(tensor)) {
      const width = data.length / (shape[0] ?? 1);
      return mask.fill(1, first * width, (last + 1) * width);
    }
    if (shape.length < 2) return task === 0 ? mask.fill(1) : mask;
    const order = [...data.keys()].filter((at) => isFree(tensor, at));
    order.sort((a, b) => Math.abs(data[a] ?? 0) - Math.abs(data[b] ?? 0));
    for (const at of order.slice(Math.floor(pruned * order.length))) mask[at] = 1;
    return mask;
  });
  const isGivenBack = (tensor: number, at: number): boolean =>
    !isHead(tensor) && isFree(tensor, at) && kept[tensor]?.[at] === 0;
  const left = parameters.map(({ data }, tensor) =>
    data.map((value, at) => (isGivenBack(tensor, at) ? 0 : value)),
  );
  return { kept, left };
}
