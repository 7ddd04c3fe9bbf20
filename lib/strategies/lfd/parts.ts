import type { DirectionOutcome, EquilibriumOutcome } from '../../../binding.js';
import { object, readProperty } from '../../base/arguments.js';
import type { PenaltyInput } from '../../session/penalty.js';
import type { Session } from '../../session/session.js';
import type { Phase, TaskContext } from '../../training/strategy.js';
import { chooseLayers, layersVector } from '../regularisation/layers.js';
import { readContext } from '../rehearsal/remember.js';
import type { LfdOptions } from './options.js';

/** The search of the direction, as {@link searchDirection} does it. */
const directionPhase: Phase<DirectionOutcome> = {
  name: 'direction',
  label: 'direction',
  activity: 'finding the direction',
  objective: 'loss along it',
  finite: ({ path, objectiveLast }) => [...path, objectiveLast ?? 0],
};

/** The same line in each tensor as the vector `direction`, which lies on one sphere. */
const BY_TENSOR = 'direction-by-tensor';

/** Whether the penalty measures by {@link BY_TENSOR}. */
function isCutByTensor({ sphere, projection }: Partial<Pick<LfdOptions, 'sphere' | 'projection'>>): boolean {
  return sphere !== 'per-tensor' && projection === 'per-tensor';
}

/** Searches the direction around w_t, the parameters now: the vector `direction`. Nothing where the options want none. */
export async function searchDirection(config: LfdOptions, context: TaskContext): Promise<void> {
  const { session } = readContext('searchDirection', config, context);
  if (config.direction === 'none') return;
  const [perTensor, radius] = [config.sphere === 'per-tensor', config.radius];
  const isReference = config.preset === 'reference';
  const options = {
    perTensor,
    radius,
    ratios: config.ratios,
    learningRate: config.directionLearningRate,
    momentum: config.directionMomentum,
    decays: config.directionSchedule === 'step',
    iterations:
      config.direction === 'rsgd'
        ? await stepsOf(config.directionIterations, config.directionPasses, config, session)
        : 0,
    batchSize: config.directionBatchSize,
    smoothing: config.smoothing,
    batchStatistics: config.bn === 're-estimate',
    layers: layersOf(config),
    trainingStream: isReference,
  };
  const found = await context.phase(directionPhase, (call) => session.findDirection(options, call));
  if (isCutByTensor(config)) {
    await session.vectors.copy('direction', BY_TENSOR);
    await session.vectors.retract(BY_TENSOR, 1, { perTensor: true });
  }
  reportDirection(found, context);
}

/** Steps of a search: so many passes over the memory, where passes are given. */
async function stepsOf(
  iterations: number,
  passes: number | undefined,
  { directionBatchSize }: LfdOptions,
  session: Session,
): Promise<number> {
  if (passes === undefined) return iterations;
  const { examples } = await session.memoryInfo();
  return passes * Math.ceil(examples / directionBatchSize);
}

/** The penalty on leaving `anchor`, w_t, but along the direction that {@link searchDirection} found, if there is one. */
export function directionPenalty(config: LfdOptions): PenaltyInput {
  const { alpha, sphere, radius, preset, direction, projection, layers } = readPenalty(config);
  const free = isCutByTensor({ sphere, projection })
    ? { direction: BY_TENSOR, perTensor: true, radius: 1 }
    : { direction: 'direction', perTensor: sphere === 'per-tensor', radius };
  return {
    strength: alpha,
    ...(direction === 'none' ? {} : free),
    ...layersVector({ layers }),
    gradient: preset === 'reference' ? 'reference' : 'closed-form',
  };
}

/** What the penalty depends on, each read once. */
function readPenalty(config: LfdOptions): LfdOptions {
  const given = object(config, 'directionPenalty: config');
  const keys = ['alpha', 'sphere', 'radius', 'preset', 'direction', 'projection', 'layers'] as const;
  return Object.fromEntries(keys.map((key) => [key, readProperty(given, key)])) as unknown as LfdOptions;
}

/** g(nu), in the words of who has not read the article, and its way during the search. */
function reportDirection(found: DirectionOutcome, context: TaskContext): void {
  const { objectiveFirst, objectiveLast, path } = found;
  const g = { label: 'g', before: objectiveFirst, value: objectiveLast, digits: 4 };
  context.report({
    measures: { g: { ...g, phase: 'direction', line: 'memory loss along it {.3}' } },
    curves: {
      'direction-path': {
        label: 'Search of the direction',
        phase: 'direction',
        x: { label: 'step' },
        y: { label: 'g(ν)' },
        values: path,
        ends: [objectiveFirst, objectiveLast],
        caption:
          'Objective g(ν), a line for each task: step by step on a batch of the memory; on the whole memory before ' +
          '(hollow) and after (filled).',
      },
    },
  });
}

/** The move to the equilibrium point, as {@link moveToEquilibriumPoint} does it. */
const equilibriumPhase: Phase<EquilibriumOutcome> = {
  name: 'equilibrium-point',
  label: 'equilibrium point',
  activity: 'finding the equilibrium point',
  objective: 'loss',
  accuracyBefore: true,
  finite: ({ path, loss }) => [...path, loss],
};

/** Of BatchNorm, while lambda is searched for. */
const STATISTICS = { 're-estimate': 'batch', interpolate: 'interpolated', new: 'running' } as const;

/** Name of the vector of the layers that take part; null where all do. */
function layersOf(config: LfdOptions): string | null {
  return layersVector(config).importance ?? null;
}

/** Remembers w_t, the parameters now, and what the equilibrium point needs beside them. */
export async function rememberAnchor(config: LfdOptions, { session }: TaskContext): Promise<void> {
  await chooseLayers(config, session);
  await session.vectors.copy('parameters', 'anchor');
  if (config.bn === 'interpolate') await session.keepBuffers();
}

/** Moves the parameters to the equilibrium point between w_t and what the task has made of them. */
export async function moveToEquilibriumPoint(config: LfdOptions, context: TaskContext): Promise<void> {
  const { session, view } = readContext('moveToEquilibriumPoint', config, context);
  const options = {
    start: config.lambdaStart,
    learningRate: config.lambdaLearningRate,
    clip: config.lambdaClip,
    decays: config.lambdaSchedule === 'step',
    iterations: await stepsOf(config.lambdaIterations, config.lambdaPasses, config, session),
    batchSize: config.directionBatchSize,
    statistics: STATISTICS[config.bn],
    layers: layersOf(config),
    ...(config.lambdaClamp ? { clamp: config.lambdaClamp } : {}),
  };
  const found = await context.phase(equilibriumPhase, async (call) => {
    const outcome = await session.findEquilibriumPoint(options, call);
    if (config.bn === 're-estimate') {
      await session.estimateStatistics(
        { views: [view], batchSize: config.directionBatchSize },
        { signal: call.signal },
      );
    }
    return outcome;
  });
  reportEquilibriumPoint(found, context);
}

/** lambda, its way, and the loss on the memory at its ends and where it was left. */
function reportEquilibriumPoint(found: EquilibriumOutcome, context: TaskContext): void {
  const { path, lossOld, lossNew, loss } = found;
  const phase = 'equilibrium-point';
  const silent = { phase, digits: 4, line: null };
  context.report({
    measures: {
      lambda: {
        label: 'λ found',
        phase,
        value: path.at(-1) ?? null,
        digits: 3,
        line: '{%} of the way to the new weights',
      },
      'loss-old': { ...silent, label: 'loss at 0', value: lossOld },
      'loss-new': { ...silent, label: 'loss at 1', value: lossNew },
      loss: { ...silent, label: 'loss at λ', value: loss },
    },
    curves: {
      'lambda-path': {
        label: 'The way to the equilibrium point',
        phase,
        x: { label: 'step' },
        y: { label: 'λ' },
        values: path,
        guides: [0, 1],
        caption:
          'λ step by step, a line for each task: 0 is the network before the task, 1 the one after it.',
      },
    },
  });
}
