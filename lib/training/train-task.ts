import type { Augmentation } from '../../binding.js';
import type { OptimizerInput } from '../session/optimizer.js';
import type { Session } from '../session/session.js';
import { type BegunTask, type ContextTraining, TrainingContext } from './context.js';
import type { OnNan } from './divergence.js';
import { DivergenceWatch } from './divergence-watch.js';
import { frozenLayers } from './layers.js';
import type { TrainingOptions } from './options.js';
import type { TaskReport } from './report.js';
import type { Objective, Strategy } from './strategy.js';
import { TaskEpochs } from './task-epochs.js';
import type { Throughput } from './throughput.js';

/** A task, and what it is learnt with. */
export interface TaskTraining extends ContextTraining {
  readonly strategy: Strategy;
  /** Ids of the views of the earlier tasks' training examples, for joint training. */
  readonly earlierViews: readonly number[];
  /** What each task begins with, unless the strategy makes another one. */
  readonly optimizer: OptimizerInput;
  readonly epochs: TaskEpochs;
  /** Layers that do not learn, as the option has them. */
  readonly freeze?: string | undefined;
  readonly batchSize: number;
  /** As the option has it. */
  readonly microBatchSize?: number | undefined;
  readonly lastBatch: TrainingOptions['lastBatch'];
  /** How its images are shown; null: as they are. */
  readonly augmentation: Augmentation | null;
  /** Whether a training that diverges ends. */
  readonly onNan: OnNan;
  readonly throughput: Throughput;
  /** Called between an epoch and what follows it. */
  readonly afterEpoch?: ((begun: BegunTask) => Promise<void>) | undefined;
}

/**
 * Learns a task, in the one way there is: the strategy's steps around the epochs.
 * @throws {ClTorchError} DIVERGED when a number becomes NaN or infinite and the training shall not go on.
 */
export async function trainTask(training: TaskTraining): Promise<TaskReport> {
  const { session, strategy, optimizer, freeze, microBatchSize, begun, afterEpoch } = training;
  const watch = new DivergenceWatch(training);
  const context = new TrainingContext(training, watch);
  if (microBatchSize !== undefined) await session.setMicroBatchSize(microBatchSize);
  if (!begun) {
    await session.createOptimizer(optimizer);
    await strategy.beforeTask?.(context);
  }
  const epochs = await epochsOf(training);
  const first = begun?.epochs ?? 0;
  for (let epoch = first; epoch < epochs.count; ++epoch) {
    await strategy.beforeEpoch?.(context);
    if (epoch === first && strategy.objective) {
      await setObjective(session, strategy.objective(context));
    }
    if (epoch === first && freeze !== undefined)
      await session.setFrozen(await frozenLayers(session, training));
    watch.settle();
    await trainEpoch({ ...training, epochs }, epoch, watch);
    watch.settle();
    await afterEpoch?.({ epochs: epoch + 1, report: context.taskReport });
  }
  await strategy.remember?.(context);
  await strategy.afterTask?.(context);
  // Whatever else made them so, such as a strategy's own step: nothing may be measured by them unnoticed.
  if (!(await session.isFinite())) watch.note({ phase: 'parameters', epoch: null, step: null });
  watch.settle();
  return context.taskReport;
}

/** Over the memory they are as long as that has examples; with the memory's among their own, longer by as many. */
async function epochsOf({ session, strategy, epochs, task, labels }: TaskTraining): Promise<TaskEpochs> {
  const { memoryOnly, joinsMemory } = strategy;
  if (!memoryOnly && !joinsMemory) return epochs;
  const { examples } = await session.memoryInfo();
  return new TaskEpochs(epochs.length, memoryOnly ? examples : labels.length + examples, task);
}

async function setObjective(session: Session, objective: Objective): Promise<void> {
  const { penalties, path, mask, maskHides, gates, batchLoss, draws } = objective;
  await session.setGates(null); // beside which there can be nothing else
  await session.setPenalties(penalties ?? []);
  await session.setPath(path ?? null);
  await session.setMask(mask ?? null, { hides: maskHides ?? false });
  await session.setBatchLoss(batchLoss ?? {});
  await session.setDraws(draws ?? []);
  if (gates) await session.setGates(gates);
}

async function trainEpoch(training: TaskTraining, epoch: number, watch: DivergenceWatch): Promise<void> {
  const { session, strategy, task, view, earlierViews, epochs, throughput, signal, emit } = training;
  const { batchSize, lastBatch, augmentation, onNan } = training;
  const views = strategy.memoryOnly ? null : strategy.joint ? [...earlierViews, view] : [view];
  throughput.beginEpoch(epochs);
  const {
    losses: stepLosses,
    seconds,
    diverged,
    cudaGraphs,
  } = await session.trainEpoch(
    {
      views,
      joinsMemory: strategy.joinsMemory ?? false,
      batchSize,
      lastBatch,
      augmentation,
      mostSteps: epochs.stepsOf(epoch),
      rehearsal: strategy.rehearsal ?? 0,
      reservoir: strategy.reservoir ?? 0,
      storesOutputs: (strategy.reservoir ?? 0) > 0 && (strategy.storesOutputs ?? false),
      onNan,
      epoch,
      epochs: epochs.count,
    },
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
    cudaGraphs,
  });
  if (diverged !== null) watch.note({ phase: 'training', epoch, step: diverged + 1 });
}
