import type { EvaluationOutcome } from '../../binding.js';
import type { TaskViews } from '../benchmarks/permuted-mnist.js';
import type { ExperimentConfig } from '../config/schema.js';
import type { SearchCallOptions, Session } from '../session.js';
import type { Phase, TaskContext } from '../strategies/strategy.js';
import { accuracies } from './record.js';
import type { RunEvent, TaskReport } from './types.js';

interface Run {
  readonly session: Session;
  readonly config: ExperimentConfig;
  readonly tasks: readonly TaskViews[];
  readonly labels: Uint8Array;
  readonly task: number;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** A strategy's view of the run while it learns one task. */
export class TaskProbe implements TaskContext {
  readonly #run: Run;
  #report: TaskReport = { direction: null, deviation: null, equilibriumPoint: null };

  constructor(run: Run) {
    this.#run = run;
  }

  get session(): Session {
    return this.#run.session;
  }

  get task(): number {
    return this.#run.task;
  }

  get labels(): Uint8Array {
    return this.#run.labels;
  }

  get views(): TaskViews {
    return this.#run.tasks[this.task] as TaskViews;
  }

  get taskReport(): TaskReport {
    return this.#report;
  }

  search(phase: Phase): SearchCallOptions {
    const { signal, emit, task } = this.#run;
    return {
      signal,
      onProgress: (step, steps, objective) => emit({ type: 'search', phase, task, step, steps, objective }),
    };
  }

  async evaluate(): Promise<number[]> {
    return accuracies(await this.evaluateViews());
  }

  evaluateViews(): Promise<EvaluationOutcome> {
    const { session, config, tasks, task, signal } = this.#run;
    const views = tasks.slice(0, task + 1).map(({ test }) => test);
    return session.evaluate({ views, batchSize: config.batchSize }, { signal });
  }

  report(part: Partial<TaskReport>): void {
    this.#report = { ...this.#report, ...part };
  }
}
