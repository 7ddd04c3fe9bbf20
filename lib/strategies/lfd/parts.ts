import type { DirectionOutcome, EquilibriumOutcome } from '../../../binding.js';
import { object, readProperty } from '../../base/arguments.js';
import type { PenaltyInput } from '../../session/penalty.js';
import type { Session } from '../../session/session.js';
import type { Phase, TaskContext } from '../../training/strategy.js';
import { chooseLayers, LAYERS, layersVector } from '../regularisation/layers.js';
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

/** Searches the direction around w_t, the parameters now: the vector `direction`. */
export async function searchDirection(config: LfdOptions, context: TaskContext): Promise<void> {
  const { session } = readContext('searchDirection', config, context);
  const [perTensor, radius] = [config.sphere === 'per-tensor', config.radius];
  const isReference = config.preset === 'reference';
  const options = {
    perTensor,
    radius,
    ratios: config.ratios,
    learningRate: config.directionLearningRate,
    momentum: config.directionMomentum,
    decays: config.directionSchedule === 'step',
    iterations: config.direction === 'rsgd' ? config.directionIterations : 0,
    batchSize: config.directionBatchSize,
    smoothing: config.smoothing,
    batchStatistics: config.bn === 're-estimate',
    layers: layersOf(config),
    trainingStream: isReference,
  };
  const found = await context.phase(directionPhase, (call) => session.findDirection(options, call));
  reportDirection(found, context);
}

/** The penalty on leaving `anchor`, w_t, but along the direction that {@link searchDirection} found. */
export function directionPenalty(config: LfdOptions): PenaltyInput {
  const given = object(config, 'directionPenalty: config');
  const [alpha, sphere, radius, preset] = (['alpha', 'sphere', 'radius', 'preset'] as const).map((key) =>
    readProperty(given, key),
  ) as [LfdOptions['alpha'], LfdOptions['sphere'], LfdOptions['radius'], LfdOptions['preset']];
  const gradient = preset === 'reference' ? 'reference' : 'closed-form';
  const within = layersVector({ layers: readProperty(given, 'layers') as LfdOptions['layers'] });
  return {
    strength: alpha,
    direction: 'direction',
    ...within,
    perTensor: sphere === 'per-tensor',
    radius,
    gradient,
  };
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

/** Tells how far the task has moved the parameters off the direction: ||delta||. */
export async function reportDeviation(
  context: TaskContext,
  config?: Pick<LfdOptions, 'layers' | 'sphere'>,
): Promise<void> {
  const { session } = context;
  const value =
    config?.layers === undefined ? await session.deviation() : await deviationWithin(config, session);
  const words = { label: 'off the direction', line: 'weights left it by {.2}' };
  context.report({ measures: { deviation: { ...words, phase: 'direction', value, digits: 3 } } });
}

/** The same of the layers that take part: a session's own is of all weights. */
async function deviationWithin(
  { sphere }: Pick<LfdOptions, 'sphere'>,
  { vectors }: Session,
): Promise<number> {
  await vectors.copy('parameters', 'off-direction');
  await vectors.add('off-direction', 'anchor', -1);
  await vectors.multiply('off-direction', LAYERS);
  await vectors.project('off-direction', 'direction', { perTensor: sphere === 'per-tensor' });
  const length = await vectors.norm('off-direction');
  await vectors.drop('off-direction');
  return length;
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
    iterations: config.lambdaIterations,
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
