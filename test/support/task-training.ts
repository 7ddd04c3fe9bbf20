import type { DirectionOutcome, EquilibriumOutcome } from '../../binding.js';
import { parseConfig } from '../../lib/config/parse.js';
import type { RunEvent } from '../../lib/runs/types.js';
import type { Session } from '../../lib/session/session.js';
import { lessForgetting } from '../../lib/strategies/lfd/hooks.js';
import type { TrainingEvent } from '../../lib/training/events.js';
import type { TaskReport } from '../../lib/training/report.js';
import type { Strategy } from '../../lib/training/strategy.js';
import { TaskEpochs } from '../../lib/training/task-epochs.js';
import { Throughput } from '../../lib/training/throughput.js';
import { trainTask } from '../../lib/training/train-task.js';

export interface Learnt {
  /** Undefined where the training ended by the error. */
  readonly report: TaskReport | undefined;
  readonly error: unknown;
  readonly events: readonly TrainingEvent[];
}

interface Training {
  readonly session?: Partial<Session>;
  readonly onNan?: 'stop' | 'continue';
  readonly epochs?: number;
  readonly accuracy?: readonly number[];
  readonly name?: string;
  /** Default 1. */
  readonly task?: number;
}

/** A task, learnt by the real loop on a session of which only what is told is real; an epoch has one step. */
export async function learn(strategy: Strategy, training: Training = {}): Promise<Learnt> {
  const { session, onNan = 'stop', epochs = 1, accuracy = [80, 97], name = 'invented', task = 1 } = training;
  const events: TrainingEvent[] = [];
  const length = { batchSize: 2, lastBatch: 'keep' } as const;
  const ofTask = new TaskEpochs({ ...length, epochs }, 2, task);
  const idle = async (): Promise<void> => {};
  const made = {
    createOptimizer: idle,
    trainEpoch: async () => ({ losses: Float32Array.of(1), seconds: 0.5, diverged: null, cudaGraphs: null }),
    isFinite: async () => true,
    ...session,
  } as unknown as Session;
  const outcome = trainTask({
    session: made,
    strategy,
    strategyName: name,
    task,
    view: 1,
    earlierViews: [0],
    knownClasses: [{ begin: 0, end: 2 }],
    lossClasses: { begin: 0, end: 2 },
    renewModel: idle,
    labels: Uint8Array.of(0, 1),
    optimizer: { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    epochs: ofTask,
    ...length,
    augmentation: null,
    onNan,
    throughput: new Throughput([ofTask, ofTask]),
    evaluate: async () => [...accuracy],
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
  });
  return outcome.then(
    (report) => ({ report, events, error: undefined }),
    (error: unknown) => ({ report: undefined, events, error }),
  );
}

/** The same with lfd, whose searches have these outcomes. */
export function learnByLfd(
  direction: Partial<DirectionOutcome>,
  point: Partial<EquilibriumOutcome>,
  onNan: 'stop' | 'continue' = 'continue',
): Promise<Learnt> {
  const idle = async (): Promise<void> => {};
  const session: Partial<Session> = {
    vectors: {
      ...{ copy: idle, add: idle, drop: idle },
      dot: async () => -0.6,
      norm: async () => 4,
    } as unknown as Session['vectors'],
    setPenalties: idle,
    setPath: idle,
    setMask: idle,
    setBatchLoss: idle,
    setDraws: idle,
    setGates: idle,
    addMemory: idle,
    estimateStatistics: idle,
    deviation: async () => 3.1449,
    findDirection: async (_, call) => {
      call?.onProgress?.(20, 20, 0.25);
      return {
        objectiveFirst: 0.5,
        objectiveLast: 0.25,
        path: Float64Array.of(0.5),
        seconds: 0.4,
        ...direction,
      };
    },
    findEquilibriumPoint: async () => ({
      path: Float64Array.of(0.5, 0.8, 0.875),
      lossOld: 2,
      lossNew: 1,
      loss: 0.9,
      seconds: 0.2,
      ...point,
    }),
  };
  const config = parseConfig({ strategy: 'lfd', memorySize: 1 }) as Parameters<typeof lessForgetting>[0];
  return learn(lessForgetting(config), { session, onNan, name: 'lfd' });
}

/** The task event of a report. */
export function taskEvent(report: TaskReport): Extract<RunEvent, { type: 'task' }> {
  return {
    type: 'task',
    task: 1,
    tasks: 2,
    accuracy: [90, 98],
    accuracyTaskAware: null,
    mean: 94,
    report,
    seconds: 2,
  };
}
