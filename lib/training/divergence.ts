import type { Strategy } from './strategy.js';

/** Where a training's numbers first were NaN or infinite. */
export interface Divergence {
  /** From 0. */
  readonly task: number;
  /** What gave them: `training`, a phase of the strategy by its name, or `parameters`: what the task left them at. */
  readonly phase: string;
  /** What the strategy's phase did, for people; none of the other two. */
  readonly label?: string | undefined;
  /** From 0; null outside of an epoch. */
  readonly epoch: number | null;
  /** From 1, as in `progress`; null outside of an epoch. */
  readonly step: number | null;
}

/** What becomes of a training that diverges. */
export type OnNan = 'stop' | 'continue';

/** A divergence with what the strategy says to do about it. */
export type DivergenceAdvice = Divergence & Pick<Strategy, 'whenDiverging'>;

/** What happened, as a sentence for people. Tasks count from 0, epochs and steps from 1, as on the terminal. */
export function divergenceText({ task, phase, label = phase, epoch, step }: Divergence): string {
  switch (phase) {
    case 'training':
      return `The training diverged: task ${task}, epoch ${(epoch ?? 0) + 1}, step ${step} gave a loss or parameters that are NaN or infinite.`;
    case 'parameters':
      return `The training diverged: task ${task} left parameters that are NaN or infinite.`;
    default:
      return `The training diverged: task ${task}, ${label} gave NaN or infinity.`;
  }
}

/** What to do about it, as a sentence. */
export function divergenceRemedy({ whenDiverging }: Pick<Strategy, 'whenDiverging'>): string {
  const more = whenDiverging === undefined ? '' : `, and ${whenDiverging}`;
  return (
    `Take a smaller learning rate (learningRate, --learning-rate)${more}; onNan "continue" (--on-nan continue) trains on ` +
    'all the same.'
  );
}
