// What the types take and refuse; test/processes/types.test.ts compiles it.
import {
  ContinualLearner,
  createTrainingGroup,
  defineBenchmark,
  defineStrategy,
  type LearnerSnapshot,
  memoryOptions,
  openEventLog,
  option,
  type Prediction,
  runExperiment,
  runSeeds,
  Session,
  type StrategyName,
} from '../../lib/index.js';

const shape = { inputs: 2, classes: 2 };
const scaled = defineStrategy({
  name: 'scaled',
  options: {
    scale: option.withDefault(option.number(0, 1), 1, 'factor'),
    mode: option.withDefault(option.oneOf(['fast', 'slow']), 'fast', 'how'),
    limits: option.optional(option.bounds, 'two numbers'),
  },
  create: ({ scale, mode, limits, learningRate, ...config }, { tasks }) => {
    const numbers: number[] = [scale, learningRate, limits?.[0] ?? 0, tasks[0]?.labels.length ?? 0];
    const word: 'fast' | 'slow' = mode;
    // @ts-expect-error none of its options
    void config.alpha;
    return { rehearsal: numbers.length + word.length };
  },
});
const rows = defineBenchmark({
  name: 'rows',
  scenarios: ['domain'],
  options: { tasks: option.tasks(2), size: option.withDefault(option.integer(1, 9), 3, 'rows of a task') },
  plan: ({ tasks, size }, { features }) => {
    const [columns, rows] = [new Int32Array(features), new Int32Array(size)];
    return Array.from({ length: tasks }, () => ({ train: { columns, rows }, test: { columns } }));
  },
});
const own = {
  name: 'mine',
  options: memoryOptions({ rehearsal: 64 }),
  create: () => ({ rehearsal: 3 }),
} as const;

/** A loop over names. */
export async function everyStrategy(): Promise<void> {
  for (const strategy of ['er', 'lfd', 'er+lfd'] as const) {
    await ContinualLearner.create({ strategy, ...shape, memorySize: 20, hidden: [4], maxClasses: 7 });
    await runExperiment({ strategy, tasks: 1, memorySize: 20 });
    await runSeeds({ strategy, tasks: 1, memorySize: 20 }, [1]);
  }
  const name: 'baseline' | 'er' = Math.random() > 0.5 ? 'baseline' : 'er';
  await ContinualLearner.create({ strategy: name, ...shape, threads: 1 });
  await ContinualLearner.create({ strategy: own, ...shape, memorySize: 3 });
  await ContinualLearner.create({ strategy: 'baseline', ...shape, memorySize: undefined });
  await ContinualLearner.create({ strategy: scaled, ...shape, scale: 0.5, limits: [0, 1] });
  await runExperiment({ strategy: scaled, mode: 'slow', tasks: 1, permutationSeed: 3 });
  await runSeeds({ strategy: scaled, mode: 'slow', benchmark: rows, size: 4 }, [1]);
  await runExperiment({ strategy: 'er', benchmark: rows, size: 4, memorySize: 1, network: 'mlp' });
}

/** What would be refused while the program runs. */
export function impossible(names: StrategyName): void {
  // @ts-expect-error joint needs the earlier tasks' examples
  ContinualLearner.create({ strategy: 'joint', ...shape });
  // @ts-expect-error one of the names is joint
  ContinualLearner.create({ strategy: names, ...shape });
  // @ts-expect-error an option of other strategies
  ContinualLearner.create({ strategy: 'baseline', ...shape, memorySize: 3 });
  // @ts-expect-error an option of one of the two
  ContinualLearner.create({ strategy: names as 'er' | 'lfd', ...shape, alpha: 1 });
  const options = { strategy: 'er', ...shape, alpha: 1 } as const;
  // @ts-expect-error also where it is no literal
  ContinualLearner.create(options);
  // @ts-expect-error an option that the strategy whose options it has does not have
  ContinualLearner.create({ strategy: own, ...shape, alpha: 1 });
  // @ts-expect-error an option of experiments
  ContinualLearner.create({ strategy: 'er', ...shape, tasks: 1 });
  // @ts-expect-error the shape is required
  ContinualLearner.create({ strategy: 'er', inputs: 2 });
  // @ts-expect-error an option of other strategies
  runExperiment({ strategy: 'baseline', memorySize: 3 });
  // @ts-expect-error an option of one of the two
  runExperiment({ strategy: names as 'er' | 'lfd', alpha: 1 });
  // @ts-expect-error an option of a built-in strategy
  runExperiment({ strategy: scaled, memorySize: 3 });
  // @ts-expect-error a word that it does not take
  runExperiment({ strategy: scaled, mode: 'slowly' });
  // @ts-expect-error a number
  ContinualLearner.create({ strategy: scaled, ...shape, scale: '1' });
  // @ts-expect-error an option of another benchmark
  runExperiment({ strategy: 'er', benchmark: rows, permutationSeed: 3 });
  // @ts-expect-error an option of a benchmark that is not chosen
  runExperiment({ strategy: 'er', size: 3 });
  // @ts-expect-error there is no such benchmark
  runExperiment({ strategy: 'er', benchmark: 'rows' });
  // @ts-expect-error there is no such network
  runExperiment({ strategy: 'er', network: 'lenet' });
  // @ts-expect-error the default is none of the values
  option.withDefault(option.oneOf(['a', 'b']), 'c', 'a letter');
}

/** Every way to let go. */
export async function disposals(): Promise<Prediction> {
  using learner = await ContinualLearner.create({ strategy: 'er', ...shape });
  await using patient = await ContinualLearner.create({ strategy: 'er', ...shape });
  using snapshot: LearnerSnapshot = await learner.snapshot();
  await using another = await patient.snapshot({ follow: false });
  using session = await Session.open({ device: 'cpu', threads: 1 });
  await using waiting = await Session.open({ device: 'cpu', threads: 1 });
  using trainingGroup = await createTrainingGroup({ places: 1 });
  await using company = await createTrainingGroup({ places: 1 });
  using log = openEventLog('events.jsonl');
  await using records = openEventLog('events.jsonl');
  void [session, waiting, trainingGroup, company, log, records, another];
  const { labels } = await snapshot.predict({ inputs: new Uint8Array(2) }, { probabilities: false });
  // @ts-expect-error they were not asked for
  void (await snapshot.predict({ inputs: new Uint8Array(2) }, { probabilities: false })).probabilities;
  return learner.predict({ inputs: Float32Array.from(labels) });
}

/** Callbacks may be asynchronous. */
export async function callbacks(learner: ContinualLearner): Promise<void> {
  const write = async (): Promise<void> => {};
  await learner.learn([], { onEvent: write });
  await runExperiment({ strategy: 'er' }, { onEvent: write });
}
