import '../base/symbols.js';
import type { Augmentation, EvaluationOutcome, NetworkSpec } from '../../binding.js';
import { codeOf } from '../base/errors.js';
import { aborted } from '../base/signals.js';
import { outputsOf } from '../benchmarks/scenario.js';
import { streamOf } from '../benchmarks/stream.js';
import { beginClasses, dataOf, knownClasses, type LoadedTask, loadTasks } from '../benchmarks/views.js';
import { classNamesEntry, dataClassesEntry, imageSizeEntries } from '../checkpoint/image-size.js';
import { encodeModel } from '../checkpoint/model-file.js';
import { normalisationEntries } from '../checkpoint/normalisation.js';
import { StartingWeights } from '../checkpoint/starting-weights.js';
import type { ExperimentConfig } from '../config/types.js';
import { blackOf, normalisationOf } from '../datasets/index.js';
import { Session } from '../session/session.js';
import { type Weights, weightsOf } from '../session/weights.js';
import { augmentationOf } from '../training/augmentation.js';
import type { BegunTask } from '../training/context.js';
import { resolveEnvironment } from '../training/environment.js';
import { frozenLayers } from '../training/layers.js';
import type { Strategy } from '../training/strategy.js';
import { epochsOfTasks, type TaskEpochs } from '../training/task-epochs.js';
import { environmentOf, threadShortage } from '../training/threads.js';
import { Throughput } from '../training/throughput.js';
import { trainTask } from '../training/train-task.js';
import type { Checkpoint } from './checkpoint.js';
import { Checkpoints } from './checkpoints.js';
import type { RunContext } from './context.js';
import type { OutputDirectory } from './output.js';
import type { Plan } from './plan.js';
import { accuracies, RunRecord } from './record.js';
import { begunTask, environmentLike, restore, tellResumption, withReason } from './restore.js';
import type { Environment, RunResult } from './types.js';

/** Where a run writes, and what it goes on after. */
export interface RunPlace {
  readonly output?: OutputDirectory | undefined;
  readonly checkpoint?: Checkpoint | undefined;
}

/** Set-up, then for each task train, evaluate, write down. */
export async function runLoop(
  plan: Plan,
  { signal, emit, data, trainingGroup, until = Number.POSITIVE_INFINITY }: RunContext,
  { output, checkpoint }: RunPlace = {},
): Promise<RunResult> {
  const started = performance.now();
  const { config, machine } = plan;
  const asked = checkpoint ? environmentLike(machine, checkpoint) : machine;
  const wanted = withReason(await resolveEnvironment(asked, signal), checkpoint);
  const { device, threads } = wanted;
  using session = await Session.open({ device, threads, trainingGroup });
  const environment = environmentOf(session, wanted);
  const { tasks, told, networkAt, makeModel, augmentation, digest } = await setUp(
    session,
    plan,
    environment,
    {
      data,
      isKept: output !== undefined,
    },
  );
  const leftOut = await makeModel(networkAt(0));
  await frozenLayers(session, config);
  const strategy = plan.createStrategy({ tasks });
  const rows = tasks.map(({ labels }) => labels.length);
  const epochs = epochsOfTasks(config, rows, strategy);
  if (checkpoint) await restore(session, checkpoint, { config, digest, networkAt });
  if (signal.aborted) throw aborted(signal);

  const record = new RunRecord(config, environment, started, checkpoint?.result);
  if (!checkpoint) await output?.claim(config);
  await output?.writeResult(record.result('running'));
  emit({ type: 'start', strategy: config.strategy, config, environment });
  if (checkpoint) tellResumption(checkpoint, environment, emit);
  else if (leftOut !== null) emit({ type: 'warning', text: leftOut });
  const shortage = threadShortage(session, wanted);
  if (shortage !== null) emit({ type: 'warning', text: shortage });
  let status: 'completed' | 'diverged' | 'interrupted' = 'completed';
  try {
    const throughput = new Throughput(epochs);
    throughput.resume(record.epochs, record.trainingSeconds);
    const checkpoints = new Checkpoints({ config, session, record, digest, output });
    for (const task of tasks.keys()) {
      if (task < record.tasks) continue;
      if (task >= until) {
        status = 'interrupted';
        break;
      }
      const begun = begunTask(checkpoint, task);
      const run = {
        session,
        config,
        strategy,
        tasks,
        epochs,
        networkAt,
        makeModel,
        augmentation,
        record,
        throughput,
        checkpoints,
      };
      await learnTask({ ...run, signal, emit, task, begun });
      await output?.writeResult(record.result('running'));
      await checkpoints.afterTask(task);
    }
    if (status === 'completed') {
      const weights = await weightsOf(session);
      record.addParameters(weights.parameters);
      const kept = output && ((await ownWeights(session, strategy, tasks.length)) ?? weights);
      if (kept) await output.writeModel(encodeModel(networkAt(tasks.length - 1), kept, told));
    }
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
  /** What the model's file tells of its inputs and classes. */
  readonly told: Readonly<Record<string, string>>;
  /** The network while a task is the latest. */
  readonly networkAt: (task: number) => NetworkSpec;
  /** Makes the model as it begins; anew when called again. Resolves to what a person must know of its weights, or null. */
  readonly makeModel: (network: NetworkSpec) => Promise<string | null>;
  readonly augmentation: Augmentation | null;
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
  const plan = streamOf(benchmark, config, known);
  const outputs = outputsOf(plan, config.scenario, known.classes, config.outputs);
  const normalisation = normalisationOf(config.normalisation, dataset);
  const augmentation = augmentationOf(config, known.input, normalisation && blackOf(normalisation));
  const shown = { padding: config.padding, normalisation, shared: loaded.shared };
  const tasks = await loadTasks(session, dataset, plan, outputs, shown);
  const networkAt = (task: number): NetworkSpec =>
    kind.spec(config, known.input, tasks[task]?.outputs ?? outputs.count);
  const weights = config.weights === undefined ? undefined : await StartingWeights.read(config.weights);
  const makeModel = async (network: NetworkSpec): Promise<string | null> => {
    const model = { network, seed: config.seed, engine, precision };
    if (weights) return weights.makeModel(session, model);
    await session.createModel(model);
    return null;
  };
  const digest = isKept ? [loaded.digest, ...(weights ? [weights.digest] : [])].join(' ') : '';
  const { width, height } = dataset;
  const told = {
    ...imageSizeEntries({ width, height }),
    ...dataClassesEntry(known.classes),
    ...classNamesEntry(dataset.classNames),
    ...normalisationEntries(normalisation),
  };
  return { tasks, told, networkAt, makeModel, augmentation, digest };
}

interface TaskRun
  extends Pick<RunContext, 'signal' | 'emit'>,
    Pick<Prepared, 'networkAt' | 'makeModel' | 'augmentation'> {
  readonly session: Session;
  readonly config: ExperimentConfig;
  readonly strategy: Strategy;
  readonly tasks: readonly LoadedTask[];
  /** Of each task. */
  readonly epochs: readonly TaskEpochs[];
  readonly task: number;
  readonly record: RunRecord;
  readonly throughput: Throughput;
  readonly checkpoints: Checkpoints;
  /** Where to go on, when a part of the task was learnt before. */
  readonly begun: BegunTask | undefined;
}

async function learnTask(run: TaskRun): Promise<void> {
  const { session, config, tasks, task, record, checkpoints, begun, emit } = run;
  const now = tasks[task] as LoadedTask;
  const epochs = run.epochs[task] as TaskEpochs;
  const { batchSize, microBatchSize, lastBatch } = config;
  const start = performance.now();
  emit({ type: 'task-start', task, tasks: tasks.length, epochs: epochs.count });
  if (!begun) record.beginTask();
  if (!begun) await growOutputs(run);
  await beginClasses(session, tasks, task, config.scenario);
  const evaluate = () => evaluateTasks(run, 0, task + 1, true);
  const unseenToo = config.evaluateAll === 'on';
  if (unseenToo && task === 0 && !begun) record.addInitial(await evaluateTasks(run, 0, tasks.length, false));
  const report = await trainTask({
    ...run,
    renewModel: async () => {
      await run.makeModel(run.networkAt(task));
    },
    strategyName: config.strategy,
    optimizer: config,
    freeze: config.freeze,
    epochs,
    batchSize,
    microBatchSize,
    lastBatch,
    onNan: config.onNan,
    view: now.train,
    knownClasses: knownClasses(tasks.slice(0, task), config.scenario, run.networkAt(task).classes),
    lossClasses: now.whenLatest ?? { begin: 0, end: run.networkAt(task).classes },
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
  if (unseenToo) record.addLater(await evaluateTasks(run, task + 1, tasks.length, false));
  const seconds = (performance.now() - start) / 1000;
  emit({ type: 'task', task, tasks: tasks.length, accuracy, accuracyTaskAware, mean, report, seconds });
}

/** The last layer gets the outputs of the task's new classes, where the network has none for them yet. */
async function growOutputs({ session, networkAt, task }: TaskRun): Promise<void> {
  const { classes } = networkAt(task);
  if (task > 0 && classes > networkAt(task - 1).classes) await session.growHead(classes);
}

/**
 * On the tasks from `first` on and before `end`.
 * @param draws - Whether it takes the draw of a pass over examples; without it the training goes on as if unmeasured.
 */
async function evaluateTasks(
  { session, config, strategy, tasks, signal }: TaskRun,
  first: number,
  end: number,
  draws: boolean,
): Promise<EvaluationOutcome> {
  const views = tasks.slice(first, end).map(({ test }) => test);
  const { batchSize } = config;
  if (!strategy.beforeEvaluation) return session.evaluate({ views, batchSize, draws }, { signal });
  const outcomes: EvaluationOutcome[] = [];
  for (const [index, view] of views.entries()) {
    await strategy.beforeEvaluation?.({ session, task: first + index });
    outcomes.push(await session.evaluate({ views: [view], batchSize, draws }, { signal }));
  }
  await strategy.afterEvaluation?.({ session });
  return merged(outcomes);
}

/** Those that each task is measured by, where tasks have some of their own. */
async function ownWeights(
  session: Session,
  strategy: Strategy,
  tasks: number,
): Promise<Weights[] | undefined> {
  if (!strategy.beforeEvaluation) return undefined;
  const found: Weights[] = [];
  for (let task = 0; task < tasks; ++task) {
    await strategy.beforeEvaluation({ session, task });
    found.push(await weightsOf(session));
  }
  await strategy.afterEvaluation?.({ session });
  return found;
}

function merged(outcomes: readonly EvaluationOutcome[]): EvaluationOutcome {
  const all = (key: 'correct' | 'correctInOwn' | 'total'): Float64Array =>
    Float64Array.from(outcomes.flatMap((outcome) => [...outcome[key]]));
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  return { correct: all('correct'), correctInOwn: all('correctInOwn'), total: all('total'), seconds };
}
