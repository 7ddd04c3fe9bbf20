import type { Augmentation, NetworkSpec } from '../../binding.js';
import { Listener } from '../base/listener.js';
import type { OptimizerInput } from '../session/optimizer.js';
import type { Session } from '../session/session.js';
import type { OnNan } from '../training/divergence.js';
import type { TrainingEvent } from '../training/events.js';
import type { TaskReport } from '../training/report.js';
import type { Strategy, TaskContext } from '../training/strategy.js';
import { TaskEpochs, type TrainingLength } from '../training/task-epochs.js';
import { Throughput } from '../training/throughput.js';
import { trainTask } from '../training/train-task.js';
import type { RunningCall } from './calls.js';
import type { LoadedTask } from './load-task.js';
import type { LearnOptions } from './types.js';

/** What a learner learns a task with. */
export interface Training extends Pick<LearnOptions, 'onEvent'> {
  readonly session: Session;
  readonly strategy: Strategy;
  /** For messages. */
  readonly strategyName: string;
  /** From 0. */
  readonly task: number;
  readonly data: LoadedTask;
  /** Classes that it tells apart before the task. */
  readonly known: number;
  readonly optimizer: OptimizerInput;
  readonly length: TrainingLength;
  readonly onNan: OnNan;
  /** The network that is trained. */
  readonly network: NetworkSpec;
  /** Makes it anew, as it begins. */
  readonly renewModel: () => Promise<void>;
  /** Layers that do not learn. */
  readonly freeze: string | undefined;
  /** As the option has it. */
  readonly microBatchSize: number | undefined;
  /** How images are shown; null: as they are. */
  readonly augmentation: Augmentation | null;
  readonly call: RunningCall;
}

export interface Trained {
  /** Mean training loss of each epoch. */
  readonly losses: readonly number[];
  readonly report: TaskReport;
}

/** Trains on one task, and waits for what the caller's callback makes of it. */
export async function train(training: Training): Promise<Trained> {
  const {
    session,
    strategy,
    strategyName,
    task,
    data,
    optimizer,
    length,
    onNan,
    network,
    freeze,
    microBatchSize,
    augmentation,
    call,
    onEvent,
  } = training;
  const { batchSize, lastBatch } = length;
  const epochs = new TaskEpochs(length, data.labels.length, task);
  const listener = new Listener<[TrainingEvent]>(
    onEvent && ((event) => call.visit((): unknown => onEvent(event))),
    (ending) => call.end(ending),
  );
  const losses: number[] = [];
  const report = await trainTask({
    session,
    strategy: visited(strategy, call),
    strategyName,
    task,
    view: data.view,
    earlierViews: [],
    knownClasses: task > 0 ? [{ begin: 0, end: training.known }] : [],
    lossClasses: { begin: 0, end: network.classes },
    renewModel: training.renewModel,
    labels: data.labels,
    optimizer,
    freeze,
    microBatchSize,
    augmentation,
    epochs,
    batchSize,
    lastBatch,
    onNan,
    throughput: new Throughput([epochs]),
    evaluate: async () => [], // the earlier tasks' examples are not there any more
    signal: call.signal,
    emit(event) {
      if (event.type === 'epoch') losses.push(event.loss);
      listener.tell(event);
    },
  });
  await listener.done(call.signal);
  return { losses, report };
}

/** The strategy with its hooks as code that the call visits: those of a custom strategy are its caller's. */
function visited(strategy: Strategy, call: RunningCall): Strategy {
  const hook = async (
    name: 'beforeTask' | 'beforeEpoch' | 'remember' | 'afterTask',
    context: TaskContext,
  ): Promise<void> => call.visit(() => strategy[name]?.(context));
  const { rehearsal = 0, reservoir = 0, memoryOnly = 0, joinsMemory = false } = strategy;
  const { whenDiverging, storesOutputs = false, joint = false } = strategy;
  return {
    rehearsal,
    reservoir,
    memoryOnly,
    joinsMemory,
    storesOutputs,
    joint,
    ...(whenDiverging === undefined ? {} : { whenDiverging }),
    ...(strategy.objective ? { objective: (context) => strategy.objective?.(context) ?? {} } : {}),
    beforeTask: (context) => hook('beforeTask', context),
    beforeEpoch: (context) => hook('beforeEpoch', context),
    remember: (context) => hook('remember', context),
    afterTask: (context) => hook('afterTask', context),
  };
}
