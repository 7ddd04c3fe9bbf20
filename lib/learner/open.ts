import type { ModelOptions } from '../../binding.js';
import { aborted, orAborted } from '../base/signals.js';
import { StartingWeights } from '../checkpoint/starting-weights.js';
import { invalid } from '../options/check.js';
import { Session } from '../session/session.js';
import { type Environment, resolveEnvironment } from '../training/environment.js';
import { frozenLayers } from '../training/layers.js';
import type { Strategy } from '../training/strategy.js';
import { environmentOf, threadShortage } from '../training/threads.js';
import {
  type CustomLearnerInput,
  type LearnerConfig,
  type LearnerInput,
  planLearner,
  shownBy,
  specOf,
} from './config.js';
import { readLearner, requireStrategy, resume } from './file.js';
import type { Training } from './train.js';
import type { LoadOptions } from './types.js';

/** What a learner is made of. */
export interface LearnerParts {
  readonly session: Session;
  readonly config: LearnerConfig;
  readonly environment: Environment;
  readonly strategy: Strategy;
  /** Tasks learnt so far, */
  readonly tasks: number;
  /** and the classes told apart now. */
  readonly classes: number;
}

/** @throws {ClTorchError} CONFIG_INVALID; DEVICE_UNAVAILABLE; OUT_OF_MEMORY; what loading the addon throws. */
export async function newLearner(
  input: LearnerInput | CustomLearnerInput,
  signal: AbortSignal | undefined,
): Promise<LearnerParts> {
  const { config, strategy, machine } = planLearner(input);
  const environment = await resolveEnvironment(machine, signal);
  const { classes } = config;
  const session = await prepared(environment, signal, async (opened) => {
    const leftOut = await startModel(opened, config, modelOf(config, environment, classes));
    if (leftOut !== null) process.emitWarning(leftOut, 'ClTorchWarning');
    await frozenLayers(opened, config);
  });
  return { session, config, environment: settled(session, environment), strategy, tasks: 0, classes };
}

/** @throws {ClTorchError} What {@link readLearner}, {@link requireStrategy}, {@link resume} and {@link newLearner} throw. */
export async function savedLearner(
  path: string,
  { signal, strategy: own, ...changed }: LoadOptions,
): Promise<LearnerParts> {
  const place = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
  const state = await readLearner(path);
  requireStrategy(state.config.strategy, own?.name, path);
  const input = { ...state.config, ...place, strategy: own ?? state.config.strategy };
  const { config: planned, strategy, machine } = planLearner(input as LearnerInput);
  const { classes } = state.snapshot.network;
  if (changed.maxClasses !== undefined && changed.maxClasses < classes) {
    throw invalid([
      `maxClasses: expected at least as many as the learner tells apart, ${classes}, found ${changed.maxClasses}`,
    ]);
  }
  const config = { ...planned, maxClasses: Math.max(planned.maxClasses, classes) };
  const environment = await resolveEnvironment(machine, signal);
  const session = await prepared(environment, signal, (opened) => resume(opened, state, environment, path));
  const { tasks } = state;
  return { session, config, environment: settled(session, environment), strategy, tasks, classes };
}

async function prepared(
  { device, threads }: Environment,
  signal: AbortSignal | undefined,
  prepare: (session: Session) => Promise<void>,
): Promise<Session> {
  if (signal?.aborted) throw aborted(signal);
  const session = await Session.open({ device, threads });
  try {
    await orAborted(prepare(session), signal);
    return session;
  } catch (error) {
    session.dispose();
    throw error;
  }
}

/** The environment as the session found it; where that is less than was asked for, Node tells a person. */
function settled(session: Session, asked: Environment): Environment {
  const shortage = threadShortage(session, asked);
  if (shortage !== null)
    process.emitWarning(shortage, { type: 'ClTorchWarning', code: 'THREADS_UNAVAILABLE' });
  return environmentOf(session, asked);
}

/** Makes a learner's model as it begins. Resolves to what a person must know of its weights, or null. */
async function startModel(
  session: Session,
  { weights }: LearnerConfig,
  model: ModelOptions,
): Promise<string | null> {
  if (weights !== undefined) return (await StartingWeights.read(weights)).makeModel(session, model);
  await session.createModel(model);
  return null;
}

/** What of a training a learner's configuration tells. */
export function trainingOf(
  session: Session,
  config: LearnerConfig,
  model: ModelOptions,
): Pick<Training, 'optimizer' | 'network' | 'renewModel' | 'freeze' | 'microBatchSize' | 'augmentation'> {
  const renewModel = async (): Promise<void> => {
    await startModel(session, config, model);
  };
  const { freeze, microBatchSize } = config;
  return {
    optimizer: config,
    network: model.network,
    renewModel,
    freeze,
    microBatchSize,
    augmentation: shownBy(config),
  };
}

/** The network of a learner with so many classes. */
export function modelOf(
  config: LearnerConfig,
  { engine, precision }: Environment,
  classes: number,
): ModelOptions {
  return { network: specOf(config, classes), seed: config.seed, engine, precision };
}
