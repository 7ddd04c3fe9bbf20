import { bounds, decay, integer, number, oneOf, onOff, positive, rate, ratios } from '../../options/kinds.js';
import { inGroup, type Kind, type OptionSchemas, optional, withDefault } from '../../options/option.js';
import { type LayersOptions, layersOption } from '../regularisation/layers.js';

/** Presets of the authors' forerunner, PFCL: the benchmarks on which its setting can be had here. */
const forerunnerPresets = ['pfcl-permuted-mnist', 'pfcl-rotated-mnist', 'pfcl-split-cifar100'] as const;

export type ForerunnerPreset = (typeof forerunnerPresets)[number];

/** Options of the less-forgetting direction and the equilibrium point (docs/lfd.md). */
export interface LfdOptions extends LayersOptions {
  /** Reference does exactly what the reference implementation does, bit for bit; pfcl-… what the authors' forerunner does on a benchmark, which docs/lfd.md describes. Default complete. */
  readonly preset: 'complete' | 'reference' | ForerunnerPreset;
  /** Weight of the penalty on what an offset has off the direction. Default 0.005. */
  readonly alpha: number;
  /** How the direction comes about: found by Riemannian SGD, or left at its random start; none frees no direction. Default rsgd. */
  readonly direction: 'rsgd' | 'random' | 'none';
  /** One sphere for the whole parameter vector, or one for each parameter tensor. Default global. */
  readonly sphere: 'global' | 'per-tensor';
  /** What of an offset lies along the direction: the projection on each sphere, or tensor by tensor. Default sphere. */
  readonly projection: 'sphere' | 'per-tensor';
  /** Radius of the sphere. Default 20. */
  readonly radius: number;
  /** Shares of the radius at which the memory's loss is looked at. Default [0.3, 0.5, 0.7, 0.9, 1]. */
  readonly ratios: readonly number[];
  /** Steps of Riemannian SGD a task. Default 20. */
  readonly directionIterations: number;
  /** Passes over the memory, in place of a number of these steps. */
  readonly directionPasses?: number | undefined;
  /** Examples of the memory in each of these steps. Default 256. */
  readonly directionBatchSize: number;
  /** Step size of Riemannian SGD. Default 0.01. */
  readonly directionLearningRate: number;
  /** Momentum of Riemannian SGD. Default 0.7. */
  readonly directionMomentum: number;
  /** Step divides that step size by 10 at 1/2 and at 3/4 of the steps. Default step. */
  readonly directionSchedule: 'step' | 'constant';
  /** Share of the previous task's direction mixed into the new one. Default 0. */
  readonly smoothing: number;
  /** Whether the parameters move to the equilibrium point after each task. Default on. */
  readonly equilibriumPoint: 'on' | 'off';
  /** The interpolation coefficient at the start of its descent. Default 0.5. */
  readonly lambdaStart: number;
  /** Step size of the descent. Default 0.1. */
  readonly lambdaLearningRate: number;
  /** Step divides that step size by 10 at 1/2 and at 3/4 of the steps. Default step. */
  readonly lambdaSchedule: 'step' | 'constant';
  /** Bound on the slope in a step. Default 5. */
  readonly lambdaClip: number;
  /** Steps of the descent. Default 40. */
  readonly lambdaIterations: number;
  /** Passes over the memory, in place of a number of steps of the descent. */
  readonly lambdaPasses?: number | undefined;
  /** BatchNorm's statistics: re-estimate, of each batch in the searches and of memory and task at the equilibrium point; interpolate, between the old network's and the new one's; new, the new one's. Default re-estimate. */
  readonly bn: 're-estimate' | 'interpolate' | 'new';
  /** Least and greatest coefficient; unbounded when left out. */
  readonly lambdaClamp?: readonly [number, number] | undefined;
}

const lambda =
  '--alpha is the weight of the penalty; --lambda-start is where the search of the equilibrium point begins';
const schedule: Kind<'step' | 'constant'> = oneOf(['step', 'constant']);

/** The compiler holds this list and {@link LfdOptions} equal. */
export const lfdOptions: OptionSchemas<LfdOptions> = {
  ...inGroup('Less-forgetting direction', {
    preset: withDefault(
      oneOf(['complete', 'reference', ...forerunnerPresets]),
      'complete',
      "reference does exactly what the reference implementation does, bit for bit; pfcl-… what the authors' forerunner does on a benchmark, which docs/lfd.md describes",
    ),
    alpha: withDefault(rate, 0.005, 'weight of the penalty on what an offset has off the direction', {
      insteadOf: [{ names: ['lambda', 'ewc-lambda', 'reg'], text: lambda }],
    }),
    direction: withDefault(
      oneOf(['rsgd', 'random', 'none']),
      'rsgd',
      'how the direction comes about: found by Riemannian SGD, or left at its random start; none frees no direction',
    ),
    sphere: withDefault(
      oneOf(['global', 'per-tensor']),
      'global',
      'one sphere for the whole parameter vector, or one for each parameter tensor',
    ),
    projection: withDefault(
      oneOf(['sphere', 'per-tensor']),
      'sphere',
      'what of an offset lies along the direction: the projection on each sphere, or tensor by tensor',
    ),
    radius: withDefault(positive, 20, 'radius of the sphere'),
    ratios: withDefault(
      ratios,
      [0.3, 0.5, 0.7, 0.9, 1],
      "shares of the radius at which the memory's loss is looked at",
    ),
    directionIterations: withDefault(integer(1, 100_000), 20, 'steps of Riemannian SGD a task'),
    directionPasses: optional(
      integer(1, 10_000),
      'passes over the memory, in place of a number of these steps',
    ),
    directionBatchSize: withDefault(
      integer(1, 1_000_000),
      256,
      'examples of the memory in each of these steps',
    ),
    directionLearningRate: withDefault(positive, 0.01, 'step size of Riemannian SGD'),
    directionMomentum: withDefault(decay, 0.7, 'momentum of Riemannian SGD'),
    directionSchedule: withDefault(
      schedule,
      'step',
      'step divides that step size by 10 at 1/2 and at 3/4 of the steps',
    ),
    smoothing: withDefault(decay, 0, "share of the previous task's direction mixed into the new one"),
  }),
  layers: layersOption,
  ...inGroup('Equilibrium point', {
    equilibriumPoint: withDefault(
      onOff,
      'on',
      'whether the parameters move to the equilibrium point after each task',
    ),
    lambdaStart: withDefault(
      number(-10, 10),
      0.5,
      'the interpolation coefficient at the start of its descent',
    ),
    lambdaLearningRate: withDefault(positive, 0.1, 'step size of the descent'),
    lambdaSchedule: withDefault(
      schedule,
      'step',
      'step divides that step size by 10 at 1/2 and at 3/4 of the steps',
    ),
    lambdaClip: withDefault(positive, 5, 'bound on the slope in a step'),
    lambdaIterations: withDefault(integer(1, 100_000), 40, 'steps of the descent'),
    lambdaPasses: optional(
      integer(1, 10_000),
      'passes over the memory, in place of a number of steps of the descent',
    ),
    bn: withDefault(
      oneOf(['re-estimate', 'interpolate', 'new']),
      're-estimate',
      "BatchNorm's statistics: re-estimate, of each batch in the searches and of memory and task at the equilibrium point; interpolate, between the old network's and the new one's; new, the new one's",
    ),
    lambdaClamp: optional(bounds, 'least and greatest coefficient; unbounded when left out'),
  }),
};
