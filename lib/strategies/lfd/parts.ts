import type { TaskContext } from '../../training/strategy.js';
import { readContext } from '../rehearsal/remember.js';
import type { LfdOptions } from './options.js';

/** Searches the direction around w_t, the parameters now, and puts the penalty on leaving it. */
export async function followDirection(config: LfdOptions, context: TaskContext): Promise<void> {
  const { session } = readContext('followDirection', config, context);
  const [perTensor, radius] = [config.sphere === 'per-tensor', config.radius];
  const isReference = config.preset === 'reference';
  const { objectiveFirst, objectiveLast, path, seconds } = await session.findDirection(
    {
      perTensor,
      radius,
      ratios: config.ratios,
      learningRate: config.directionLearningRate,
      momentum: config.directionMomentum,
      decays: config.directionSchedule === 'step',
      iterations: config.direction === 'rsgd' ? config.directionIterations : 0,
      batchSize: config.directionBatchSize,
      smoothing: config.smoothing,
      trainingStream: isReference,
    },
    context.search('direction'),
  );
  const gradient = isReference ? 'reference' : 'closed-form';
  await session.setPenalties([
    { strength: config.alpha, direction: 'direction', perTensor, radius, gradient },
  ]);
  context.report({ direction: { objectiveFirst, objectiveLast, path: [...path], seconds } });
}

/** Moves the parameters to the equilibrium point between w_t and what the task has made of them. */
export async function moveToEquilibriumPoint(config: LfdOptions, context: TaskContext): Promise<void> {
  const { session } = readContext('moveToEquilibriumPoint', config, context);
  const options = {
    start: config.lambdaStart,
    learningRate: config.lambdaLearningRate,
    clip: config.lambdaClip,
    decays: config.lambdaSchedule === 'step',
    iterations: config.lambdaIterations,
    batchSize: config.directionBatchSize,
    ...(config.lambdaClamp ? { clamp: config.lambdaClamp } : {}),
  };
  const accuracyBefore = await context.evaluate();
  const outcome = await session.findEquilibriumPoint(options, context.search('equilibrium-point'));
  context.report({ equilibriumPoint: { ...outcome, path: Array.from(outcome.path), accuracyBefore } });
}
