import '../base/symbols.js';
import type { EvaluationOutcome, NetworkSpec } from '../../binding.js';
import { codeOf } from '../base/errors.js';
import { aborted } from '../base/signals.js';
import { outputsOf } from '../benchmarks/scenario.js';
import { beginClasses, dataOf, type LoadedTask, loadTasks } from '../benchmarks/views.js';
import { type ImageSize, imageSizeEntries } from '../checkpoint/image-size.js';
import { encodeModel } from '../checkpoint/model-file.js';
import type { ExperimentConfig } from '../config/types.js';
import { Session } from '../session/session.js';
import type { TrainingGroup } from '../session/training-group.js';
import { weightsOf } from '../session/weights.js';
import type { BegunTask } from '../training/context.js';
import { resolveEnvironment } from '../training/environment.js';
import type { Strategy } from '../training/strategy.js';
import { epochsOfTasks, type TaskEpochs } from '../training/task-epochs.js';
import { environmentOf, threadShortage } from '../training/threads.js';
import { Throughput } from '../training/throughput.js';
import { trainTask } from '../training/train-task.js';
import type { Checkpoint } from './checkpoint.js';
import { Checkpoints } from './checkpoints.js';
import type { OutputDirectory } from './output.js';
import type { Plan } from './plan.js';
import { accuracies, RunRecord } from './record.js';
import { begunTask, environmentLike, restore, tellResumption, withReason } from './restore.js';
import type { SharedData } from './shared-data.js';
import type { Environment, RunEvent, RunResult } from './types.js';

/** What a run is given by whoever executes it. */
export interface RunContext {
  /** Ends the run. */
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
  /** Where it gets its data set from. */
  readonly data: SharedData;
  /** Where its session trains its epochs together with those of the runs beside it. */
  readonly trainingGroup?: TrainingGroup | undefined;
}

/** Where a run writes, and what it goes on after. */
export interface RunPlace {
  readonly output?: OutputDirectory | undefined;
  readonly checkpoint?: Checkpoint | undefined;
}

/** Set-up, then for each task train, evaluate, write down. */
export async function runLoop(
  plan: Plan,
  { signal, emit, data, trainingGroup }: RunContext,
  { output, checkpoint }: RunPlace = {},
): Promise<RunResult> {
  const started = performance.now();
  const { config, machine } = plan;
  const asked = checkpoint ? environmentLike(machine, checkpoint) : machine;
  const wanted = withReason(await resolveEnvironment(asked, signal), checkpoint);
  const { device, threads } = wanted;
  using session = await Session.open({ device, threads, trainingGroup });
  const environment = environmentOf(session, wanted);
  const { tasks, imageSize, network, renewModel, digest } = await setUp(session, plan, environment, {
    data,
    isKept: output !== undefined,
  });
  await renewModel();
  const strategy = plan.createStrategy({ tasks });
  const rows = tasks.map(({ labels }) => labels.length);
  const epochs = epochsOfTasks(config, rows, strategy.joint);
  if (checkpoint) await restore(session, checkpoint, { config, digest, network });
  if (signal.aborted) throw aborted(signal);

  const record = new RunRecord(config, environment, started, checkpoint?.result);
  if (!checkpoint) await output?.claim(config);
  await output?.writeResult(record.result('running'));
  emit({ type: 'start', strategy: config.strategy, config, environment });
  if (checkpoint) tellResumption(checkpoint, environment, emit);
  const shortage = threadShortage(session, wanted);
  if (shortage !== null) emit({ type: 'warning', text: shortage });
  let status: 'completed' | 'diverged' = 'completed';
  try {
    const throughput = new Throughput(epochs);
    throughput.resume(record.epochs, record.trainingSeconds);
    const checkpoints = new Checkpoints({ config, session, record, digest, output });
    for (const task of tasks.keys()) {
      if (task < record.tasks) continue;
      const begun = begunTask(checkpoint, task);
      const run = { session, config, strategy, tasks, epochs, renewModel, record, throughput, checkpoints };
      await learnTask({ ...run, signal, emit, task, begun });
      await output?.writeResult(record.result('running'));
      await checkpoints.afterTask(task);
    }
    const weights = await weightsOf(session);
    record.addParameters(weights.parameters);
    await output?.writeModel(encodeModel(network, weights, imageSizeEntries(imageSize)));
  } catch (error) {
    if (codeOf(error) !== 'DIVERGED' || !record.diverged) {
      await output?.writeResult(record.result(codeOf(error) === 'ABORTED' ? 'interrupted' : 'failed'));
      throw error;
    }
    status = 'diverged';
  }
  const result = record.result(status);
  await output?.writeResult(result);
  emit({ type: 'end', result });
  return result;
}

interface Prepared {
  readonly tasks: readonly LoadedTask[];
  readonly imageSize: ImageSize;
  readonly network: NetworkSpec;
  /** Makes the model, freshly initialised; anew when called again. */
  readonly renewModel: () => Promise<void>;
  readonly digest: string;
}

/** The pixels leave JavaScript's heap with this function's scope. */
async function setUp(
  session: Session,
  { config, benchmark, network: kind }: Plan,
  { engine, precision }: Environment,
  { data, isKept }: Pick<RunContext, 'data'> & { readonly isKept: boolean },
): Promise<Prepared> {
  const loaded = await data.load(config);
  const { dataset } = loaded;
  const known = dataOf(dataset, config.padding);
  const plan = benchmark.plan(config, known);
  const outputs = outputsOf(plan, config.scenario, known.classes, config.outputs);
  const tasks = await loadTasks(session, dataset, plan, outputs, config.padding);
  const network = kind.spec(config, known.input, outputs.count);
  const renewModel = (): Promise<void> =>
    session.createModel({ network, seed: config.seed, engine, precision });
  const digest = isKept ? loaded.digest : '';
  const { width, height } = dataset;
  const imageSize = { width, height };
  return { tasks, imageSize, network, renewModel, digest };
}

interface TaskRun extends Pick<RunContext, 'signal' | 'emit'> {
  readonly session: Session;
  readonly config: ExperimentConfig;
  readonly strategy: Strategy;
  readonly tasks: readonly LoadedTask[];
  /** Of each task. */
  readonly epochs: readonly TaskEpochs[];
  readonly renewModel: () => Promise<void>;
  readonly task: number;
  readonly record: RunRecord;
  readonly throughput: Throughput;
  readonly checkpoints: Checkpoints;
  /** Where to go on, when a part of the task was learnt before. */
  readonly begun: BegunTask | undefined;
}

async function learnTask(run: TaskRun): Promise<void> {
  const { session, config, tasks, task, record, checkpoints, begun, signal, emit } = run;
  const now = tasks[task] as LoadedTask;
  const epochs = run.epochs[task] as TaskEpochs;
  const { batchSize, lastBatch } = config;
  const start = performance.now();
  emit({ type: 'task-start', task, tasks: tasks.length, epochs: epochs.count });
  if (!begun) record.beginTask();
  await beginClasses(session, tasks, task, config.scenario);
  const views = tasks.slice(0, task + 1).map(({ test }) => test);
  const evaluate = () => session.evaluate({ views, batchSize }, { signal });
  const unseenToo = config.evaluateAll === 'on';
  if (unseenToo && task === 0 && !begun) record.addInitial(await evaluateFrom(run, 0));
  const report = await trainTask({
    ...run,
    strategyName: config.strategy,
    optimizer: config,
    epochs,
    batchSize,
    lastBatch,
    onNan: config.onNan,
    view: now.train,
    labels: now.labels,
    earlierViews: tasks.slice(0, task).map(({ train }) => train),
    evaluate: async () => accuracies(await evaluate()),
    afterEpoch: (done) => checkpoints.afterEpoch(task, done),
    emit(event) {
      if (event.type === 'epoch') record.addEpoch(event);
      if (event.type === 'diverged') record.addDivergence(event);
      emit(event);
    },
  });
  const { accuracy, accuracyTaskAware, mean } = record.addTask(await evaluate(), report);
  if (unseenToo) record.addLater(await evaluateFrom(run, task + 1));
  const seconds = (performance.now() - start) / 1000;
  emit({ type: 'task', task, tasks: tasks.length, accuracy, accuracyTaskAware, mean, report, seconds });
}

/** On task `first` and those after it, without the draw of a pass over examples: the training goes on as if unmeasured. */
async function evaluateFrom(
  { session, config, tasks, signal }: TaskRun,
  first: number,
): Promise<EvaluationOutcome> {
  const views = tasks.slice(first).map(({ test }) => test);
  return session.evaluate({ views, batchSize: config.batchSize, draws: false }, { signal });
}
