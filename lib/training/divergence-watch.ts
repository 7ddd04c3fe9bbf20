import { ClTorchError } from '../base/errors.js';
import {
  type Divergence,
  type DivergenceAdvice,
  divergenceRemedy,
  divergenceText,
  type OnNan,
} from './divergence.js';
import type { TrainingEvent } from './events.js';
import type { Strategy } from './strategy.js';

interface Task {
  readonly task: number;
  readonly strategy: Pick<Strategy, 'whenDiverging'>;
  readonly onNan: OnNan;
  readonly emit: (event: TrainingEvent) => void;
}

/** Tells of the first divergence in a task and, unless the training shall go on, ends it. */
export class DivergenceWatch {
  readonly #task: Task;
  #found: DivergenceAdvice | undefined;

  constructor(task: Task) {
    this.#task = task;
  }

  /** Tells of it if it is the first one, and lets what is under way come to its end. */
  note(place: Omit<Divergence, 'task'>): void {
    if (this.#found) return;
    const { task, strategy, emit } = this.#task;
    const { whenDiverging } = strategy;
    this.#found = { task, ...place, ...(whenDiverging === undefined ? {} : { whenDiverging }) };
    emit({ type: 'diverged', ...this.#found });
  }

  /** Ends the training if it has diverged and shall not go on. Throws {@link ClTorchError} DIVERGED. */
  settle(): void {
    if (this.#found && this.#task.onNan === 'stop') {
      throw new ClTorchError('DIVERGED', `${divergenceText(this.#found)} ${divergenceRemedy(this.#found)}`);
    }
  }
}
