import { ClTorchError } from '../base/errors.js';
import type { TaskReport, TrainingEvent } from './events.js';

/** Where a training's numbers first were NaN or infinite. */
export interface Divergence {
  /** From 0. */
  readonly task: number;
  /** What gave them: an epoch, one of the method's searches, or what the task left the parameters at. */
  readonly phase: 'training' | 'direction' | 'equilibrium-point' | 'parameters';
  /** From 0; null outside of an epoch. */
  readonly epoch: number | null;
  /** From 1, as in `progress`; null outside of an epoch. */
  readonly step: number | null;
}

/** What becomes of a training that diverges. */
export type OnNan = 'stop' | 'continue';

interface Task {
  readonly task: number;
  readonly onNan: OnNan;
  readonly emit: (event: TrainingEvent) => void;
}

/** Tells of the first divergence in a task and, unless the training shall go on, ends it. */
export class DivergenceWatch {
  readonly #task: Task;
  #told = false;

  constructor(task: Task) {
    this.#task = task;
  }

  /** @throws {ClTorchError} DIVERGED. */
  found(place: Omit<Divergence, 'task'>): void {
    if (this.#told) return;
    this.#told = true;
    const { task, onNan, emit } = this.#task;
    emit({ type: 'diverged', task, ...place });
    if (onNan === 'stop') throw diverged({ task, ...place });
  }

  /** Looks at what the searches of a method have found. Throws as {@link found}. */
  inspect({ direction, equilibriumPoint }: TaskReport): void {
    if (direction && !allFinite([...direction.path, direction.objectiveLast ?? 0])) {
      this.found({ phase: 'direction', epoch: null, step: null });
    }
    if (equilibriumPoint && !allFinite([...equilibriumPoint.path, equilibriumPoint.loss])) {
      this.found({ phase: 'equilibrium-point', epoch: null, step: null });
    }
  }
}

function allFinite(values: readonly number[]): boolean {
  return values.every(Number.isFinite);
}

/** What happened, as a sentence for people. Tasks count from 0, epochs and steps from 1, as on the terminal. */
export function divergenceText({ task, phase, epoch, step }: Divergence): string {
  switch (phase) {
    case 'training':
      return `The training diverged: task ${task}, epoch ${(epoch ?? 0) + 1}, step ${step} gave a loss or parameters that are NaN or infinite.`;
    case 'direction':
      return `The training diverged: the search of the direction for task ${task} gave NaN or infinity.`;
    case 'equilibrium-point':
      return `The training diverged: the search of the equilibrium point after task ${task} gave NaN or infinity.`;
    case 'parameters':
      return `The training diverged: task ${task} left parameters that are NaN or infinite.`;
  }
}

export const DIVERGENCE_REMEDY: string =
  'Take a smaller learning rate (learningRate, --learning-rate), and of LFD a smaller alpha and radius; onNan "continue" ' +
  '(--on-nan continue) trains on all the same.';

function diverged(divergence: Divergence): ClTorchError {
  return new ClTorchError('DIVERGED', `${divergenceText(divergence)} ${DIVERGENCE_REMEDY}`);
}
