import type { OptimizerOptions, ScheduleOptions } from '../../binding.js';
import type { OptimizerInput } from '../../lib/session/optimizer.js';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from './network.js';
import { identity } from './synthetic.js';

/** A schedule as test/reference/make_optimizers.py writes it, in PyTorch's words. */
export interface PythonSchedule {
  readonly schedule?: OptimizerOptions['schedule'];
  readonly milestones?: readonly number[];
  readonly gamma?: number;
  readonly restart_epochs?: number;
  readonly restart_factor?: number;
  readonly min_lr?: number;
  readonly warm_up_epochs?: number;
  readonly warm_up_factor?: number;
}

export interface PythonCase extends PythonSchedule {
  readonly kind: OptimizerOptions['optimizer'];
  readonly options: {
    readonly lr: number;
    readonly weight_decay: number;
    readonly betas?: readonly [number, number];
    readonly eps?: number;
    readonly momentum?: number;
    readonly nesterov?: boolean;
  };
  /** Largest norm of a step's gradient. */
  readonly clip?: number;
  readonly losses: readonly number[];
  /** Parameters after the last epoch. */
  readonly final: readonly (readonly number[])[];
}

/** What test/reference/make_optimizers.py prints. */
export interface PythonOptimizers {
  readonly torch: string;
  readonly cpuCapability: string;
  readonly layers: readonly number[];
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly images: readonly number[];
  readonly labels: readonly number[];
  readonly cases: readonly PythonCase[];
  readonly rates: readonly (PythonSchedule & {
    readonly rate: number;
    readonly epochs: number;
    /** Learning rate of each epoch. */
    readonly seen: readonly number[];
  })[];
}

export function scheduleOf({
  schedule = 'constant',
  milestones = [],
  gamma = 0.1,
  restart_epochs = 1,
  restart_factor = 1,
  min_lr = 0,
  warm_up_epochs = 0,
  warm_up_factor = 0.1,
}: PythonSchedule): ScheduleOptions {
  return {
    schedule,
    milestones,
    gamma,
    restartEpochs: restart_epochs,
    restartFactor: restart_factor,
    minLearningRate: min_lr,
    warmUpEpochs: warm_up_epochs,
    warmUpFactor: warm_up_factor,
  };
}

export function optimizerOf({ kind, options, clip, ...schedule }: PythonCase): OptimizerInput {
  const { lr, weight_decay, betas = [0.9, 0.999], eps = 1e-8, momentum = 0, nesterov = false } = options;
  return {
    ...scheduleOf(schedule),
    optimizer: kind,
    learningRate: lr,
    weightDecay: weight_decay,
    beta1: betas[0],
    beta2: betas[1],
    epsilon: eps,
    momentum,
    nesterov: nesterov ? 'on' : 'off',
    clipGradient: clip,
  };
}

/** The text of a case, for the name of a test. */
export function caseName({ kind, options, clip, warm_up_epochs, schedule = 'constant' }: PythonCase): string {
  const words = [kind, `weight decay ${options.weight_decay}`];
  if (options.momentum) words.push(`momentum ${options.momentum}`);
  if (options.nesterov) words.push('Nesterov');
  if (clip) words.push(`clipped at ${clip}`);
  if (warm_up_epochs) words.push('warm-up');
  return [...words, `schedule ${schedule}`].join(', ');
}

/** A session of the autograd engine with the script's rows behind a view, and its network. */
export async function preparedLikePython(
  { layers, seed, images, labels }: PythonOptimizers,
  threads: number,
): Promise<{ session: Session; view: number }> {
  const session = await Session.open({ device: 'cpu', threads });
  const features = layers[0] ?? 0;
  const dataset = await session.loadDataset({
    images: Uint8Array.from(images),
    labels: Uint8Array.from(labels),
    features,
  });
  const view = await session.addView({ dataset, columns: identity(features) });
  await session.createModel({ network: mlpOf(layers), seed, engine: 'autograd' });
  return { session, view };
}
