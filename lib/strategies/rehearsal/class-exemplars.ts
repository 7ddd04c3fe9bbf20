import { ClTorchError } from '../../base/errors.js';
import type { Labels, TaskContext } from '../../training/strategy.js';
import { herd } from './herding.js';

/** How many examples of each class are kept. */
export interface ExemplarOptions {
  /** Training examples kept of all classes together, as many of each, or of each class. Default 2000. */
  readonly memorySize: number;
  /** What the memory's size counts for: all classes seen so far, which share it, or each. Default all. */
  readonly memoryPer: 'all' | 'class';
}

/**
 * Keeps the best exemplars of every class (Rebuffi et al., 2017): those of the earlier classes lose their last ones, and those of
 * the task's new classes are chosen by herding. A class's exemplars stay in the order in which herding took them.
 * @throws {ClTorchError} CONFIG_INVALID where there are more classes than the memory has examples.
 */
export async function keepExemplars(
  config: ExemplarOptions,
  { session, view, labels, phase }: TaskContext,
): Promise<void> {
  const held = await session.memoryLabels();
  const count = exemplarsFor(config, held, labels);
  await session.keepMemory(firstOfEach(held, count));
  await phase({ name: 'herding', label: 'herding' }, async ({ onProgress }) => {
    const classes = [...new Set(labels)].filter((label) => !held.includes(label)).sort((a, b) => a - b);
    for (const [done, own] of classes.entries()) {
      onProgress(done, classes.length);
      const rows = Int32Array.from(labels.keys()).filter((row) => labels[row] === own);
      const { values, width } = await session.features({ view, rows });
      const chosen = herd(values, width, count).map((index) => rows[index] as number);
      await session.addMemory({ view, rows: chosen });
    }
  });
}

/**
 * How many of each class the memory has when it has those of all these labels.
 * @throws {ClTorchError} CONFIG_INVALID where these are more classes than the memory has examples.
 */
export function exemplarsFor(config: ExemplarOptions, ...labels: readonly Labels[]): number {
  const classes = new Set<number>();
  for (const each of new Set(labels)) for (const label of each) classes.add(label);
  return exemplarsOfEach(config, classes.size);
}

function exemplarsOfEach({ memorySize, memoryPer }: ExemplarOptions, classes: number): number {
  if (memoryPer === 'class') return memorySize;
  if (memorySize >= classes) return Math.floor(memorySize / classes);
  throw new ClTorchError(
    'CONFIG_INVALID',
    `memorySize (--memory-size) is ${memorySize}, and ${classes} classes share it: each needs one example at least. Make it larger.`,
  );
}

/** The numbers of the first so many examples of each class. */
function firstOfEach(labels: Labels, count: number): Int32Array {
  const seen = new Map<number, number>();
  const first: number[] = [];
  for (const [example, label] of labels.entries()) {
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    if (before < count) first.push(example);
  }
  return Int32Array.from(first);
}
