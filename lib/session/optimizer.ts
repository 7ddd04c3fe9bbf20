import type { OptimizerOptions } from '../../binding.js';

const plain = {
  optimizer: 'adamw',
  momentum: 0,
  nesterov: 'off',
  schedule: 'constant',
  gamma: 0.1,
  restartFactor: 1,
  minLearningRate: 0,
  warmUpEpochs: 0,
  warmUpFactor: 0.1,
  optimizerState: 'task',
} as const;

/** An optimiser: without more it is AdamW, new and with a constant learning rate. */
export interface OptimizerInput
  extends Omit<OptimizerOptions, keyof typeof plain | 'milestones' | 'restartEpochs' | 'clipGradient'>,
    Partial<Pick<OptimizerOptions, Exclude<keyof typeof plain, 'optimizerState'>>> {
  /** Of the schedule `steps`. */
  readonly milestones?: readonly number[] | undefined;
  /** Of the schedule `restarts`. */
  readonly restartEpochs?: number | undefined;
  /** The largest norm of a step's gradient; of the autograd engine. */
  readonly clipGradient?: number | undefined;
  /** `keep`: the vectors and the count of steps stay, where an optimiser with the same vectors is there. */
  readonly optimizerState?: 'task' | 'keep';
}

/** The optimiser's options with the defaults of what is left out. */
export function optimizerOf(
  options: OptimizerInput,
): OptimizerOptions & { readonly optimizerState: 'task' | 'keep' } {
  const milestones = options?.milestones ?? [];
  const restartEpochs = options?.restartEpochs ?? 1;
  const clipGradient = options?.clipGradient ?? 0;
  return { ...plain, ...options, milestones, restartEpochs, clipGradient };
}
