import { createPermutedTasks, type TaskViews } from '../benchmarks/permuted-mnist.js';
import type { ExperimentConfig } from '../config/schema.js';
import { loadDataset, withValidationSplit } from '../data/index.js';
import { codeOf } from '../errors.js';
import { aborted, Session } from '../session.js';
import { createStrategy } from '../strategies/index.js';
import type { Strategy } from '../strategies/strategy.js';
import { resolveEnvironment } from './environment.js';
import { OutputDirectory } from './output.js';
import { Pace } from './pace.js';
import { RunRecord } from './record.js';
import { TaskProbe } from './task-probe.js';
import type { RunEvent, RunResult } from './types.js';

export interface LoopOptions {
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** Plans and runs an experiment: set-up, then for each task train, evaluate, write down. */
export async function runLoop(config: ExperimentConfig, { signal, emit }: LoopOptions): Promise<RunResult> {
  const started = performance.now();
  const output = config.out === undefined ? undefined : await OutputDirectory.prepare(config.out);
  const environment = await resolveEnvironment(config, signal);
  using session = await Session.open(environment);
  const { tasks, labels } = await setUp(session, config);
  const strategy = createStrategy(config, labels);
  if (signal.aborted) throw aborted(signal);

  const record = new RunRecord(config, environment, started);
  await output?.claim(config);
  await output?.writeResult(record.result('running'));
  emit({ type: 'start', strategy: config.strategy, config, environment });
  try {
    const pace = new Pace(config, labels.length);
    for (const task of tasks.keys()) {
      await learnTask({ session, config, strategy, tasks, labels, task, record, pace, signal, emit });
      await output?.writeResult(record.result('running'));
    }
  } catch (error) {
    await output?.writeResult(record.result(codeOf(error) === 'ABORTED' ? 'interrupted' : 'failed'));
    throw error;
  }
  const result = record.result('completed');
  await output?.writeResult(result);
  emit({ type: 'end', result });
  return result;
}

/** The pixels leave JavaScript's heap with this function's scope. */
async function setUp(
  session: Session,
  config: ExperimentConfig,
): Promise<{ tasks: readonly TaskViews[]; labels: Uint8Array }> {
  const whole = await loadDataset(
    config.dataset,
    config.dataDir === undefined ? {} : { dataDir: config.dataDir },
  );
  const dataset = withValidationSplit(whole, config.validation);
  const tasks = await createPermutedTasks(session, dataset, config);
  await session.createModel({
    layers: [dataset.features, ...config.hidden, dataset.classes],
    seed: config.seed,
  });
  return { tasks, labels: dataset.train.labels };
}

interface TaskRun extends LoopOptions {
  readonly session: Session;
  readonly config: ExperimentConfig;
  readonly strategy: Strategy;
  readonly tasks: readonly TaskViews[];
  readonly labels: Uint8Array;
  readonly task: number;
  readonly record: RunRecord;
  readonly pace: Pace;
}

async function learnTask(run: TaskRun): Promise<void> {
  const { config, strategy, tasks, task, record, emit } = run;
  const start = performance.now();
  emit({ type: 'task-start', task, tasks: tasks.length });
  record.beginTask();
  const probe = new TaskProbe(run);
  await strategy.beforeTask?.(probe);
  for (let epoch = 0; epoch < config.epochs; ++epoch) {
    await strategy.beforeEpoch?.(probe);
    await trainEpoch(run, epoch);
  }
  await strategy.afterTask?.(probe);
  const report = probe.taskReport;
  const { accuracy, mean } = record.addTask(await probe.evaluateViews(), report);
  const seconds = (performance.now() - start) / 1000;
  emit({ type: 'task', task, tasks: tasks.length, accuracy, mean, report, seconds });
}

async function trainEpoch(run: TaskRun, epoch: number): Promise<void> {
  const { session, config, strategy, tasks, task, record, pace, signal, emit } = run;
  const view = tasks[task]?.train ?? Number.NaN;
  pace.beginEpoch();
  const outcome = await session.trainEpoch(
    { view, batchSize: config.batchSize, rehearsal: strategy.rehearsal ?? 0 },
    {
      signal,
      onProgress: (step, steps, loss) =>
        emit({ type: 'progress', task, epoch, step, steps, loss, ...pace.after(step) }),
    },
  );
  const loss = record.addEpoch(outcome);
  const { seconds, losses: stepLosses } = outcome;
  emit({ type: 'epoch', task, epoch, loss, seconds, samplesPerSecond: pace.endEpoch(seconds), stepLosses });
}
