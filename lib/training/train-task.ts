import type { SearchCallOptions } from '../session/native-calls.js';
import type { Session } from '../session/session.js';
import { DivergenceWatch, type OnNan } from './divergence.js';
import type { TaskReport, TrainingEvent } from './events.js';
import type { Labels, Phase, Strategy, TaskContext } from './strategy.js';
import type { Throughput } from './throughput.js';

/** A task of which some epochs are done. */
export interface BegunTask {
  readonly epochs: number;
  /** What the strategy has told so far. */
  readonly report: TaskReport;
}

/** A task, and what it is learnt with. */
export interface TaskTraining {
  readonly session: Session;
  readonly strategy: Strategy;
  /** From 0. */
  readonly task: number;
  /** Id of the view of its training examples. */
  readonly view: number;
  /** Ids of the views of the earlier tasks' training examples, for joint training. */
  readonly earlierViews: readonly number[];
  /** As {@link TaskContext.renewModel}. */
  readonly renewModel: () => Promise<void>;
  readonly labels: Labels;
  readonly epochs: number;
  readonly batchSize: number;
  /** Whether a training that diverges ends. */
  readonly onNan: OnNan;
  readonly throughput: Throughput;
  /** As {@link TaskContext.evaluate}. */
  readonly evaluate: () => Promise<number[]>;
  /** Where to go on, when a part of the task was learnt before. */
  readonly begun?: BegunTask | undefined;
  /** Called between an epoch and what follows it. */
  readonly afterEpoch?: ((begun: BegunTask) => Promise<void>) | undefined;
  readonly signal: AbortSignal;
  readonly emit: (event: TrainingEvent) => void;
}

/**
 * Learns a task, in the one way there is: the strategy's steps around the epochs.
 * @throws {ClTorchError} DIVERGED when a number becomes NaN or infinite and the training shall not go on.
 */
export async function trainTask(training: TaskTraining): Promise<TaskReport> {
  const { session, strategy, epochs, begun, afterEpoch } = training;
  const context = new TrainingContext(training);
  const watch = new DivergenceWatch(training);
  if (!begun) await strategy.beforeTask?.(context);
  for (let epoch = begun?.epochs ?? 0; epoch < epochs; ++epoch) {
    await strategy.beforeEpoch?.(context);
    watch.inspect(context.taskReport);
    await trainEpoch(training, epoch, watch);
    await afterEpoch?.({ epochs: epoch + 1, report: context.taskReport });
  }
  await strategy.afterTask?.(context);
  watch.inspect(context.taskReport);
  // Whatever else made them so, such as a strategy's own step: nothing may be measured by them unnoticed.
  if (!(await session.isFinite())) watch.found({ phase: 'parameters', epoch: null, step: null });
  return context.taskReport;
}

async function trainEpoch(training: TaskTraining, epoch: number, watch: DivergenceWatch): Promise<void> {
  const { session, strategy, task, view, earlierViews, batchSize, onNan, throughput, signal, emit } =
    training;
  const views = strategy.joint ? [...earlierViews, view] : [view];
  throughput.beginEpoch();
  const {
    losses: stepLosses,
    seconds,
    diverged,
  } = await session.trainEpoch(
    { views, batchSize, rehearsal: strategy.rehearsal ?? 0, onNan },
    {
      signal,
      onProgress: (step, steps, loss) =>
        emit({ type: 'progress', task, epoch, step, steps, loss, ...throughput.after(step) }),
    },
  );
  const loss = stepLosses.reduce((sum, value) => sum + value, 0) / stepLosses.length;
  emit({
    type: 'epoch',
    task,
    epoch,
    loss,
    seconds,
    ...throughput.endEpoch(seconds, stepLosses.length),
    stepLosses,
  });
  if (diverged !== null) watch.found({ phase: 'training', epoch, step: diverged + 1 });
}

/** A strategy's view of the training while it learns one task. */
class TrainingContext implements TaskContext {
  readonly #training: TaskTraining;
  #report: TaskReport;

  constructor(training: TaskTraining) {
    this.#training = training;
    this.#report = training.begun?.report ?? { direction: null, deviation: null, equilibriumPoint: null };
  }

  get session(): Session {
    return this.#training.session;
  }

  renewModel(): Promise<void> {
    return this.#training.renewModel();
  }

  get task(): number {
    return this.#training.task;
  }

  get view(): number {
    return this.#training.view;
  }

  get labels(): Labels {
    return this.#training.labels;
  }

  get taskReport(): TaskReport {
    return this.#report;
  }

  search(phase: Phase): SearchCallOptions {
    const { signal, emit, task } = this.#training;
    return {
      signal,
      onProgress: (step, steps, objective) => emit({ type: 'search', phase, task, step, steps, objective }),
    };
  }

  evaluate(): Promise<number[]> {
    return this.#training.evaluate();
  }

  report(part: Partial<TaskReport>): void {
    this.#report = { ...this.#report, ...part };
  }
}
