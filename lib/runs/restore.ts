import { join } from 'node:path';
import type { NetworkSpec } from '../../binding.js';
import { type ClTorchError, codeOf, messageOf } from '../base/errors.js';
import { mismatch } from '../checkpoint/trouble.js';
import type { ExperimentConfig } from '../config/types.js';
import { isSameNetwork, networkText } from '../session/network.js';
import type { Session } from '../session/session.js';
import type { BegunTask } from '../training/context.js';
import type { MachineDemands } from '../training/environment.js';
import type { Checkpoint } from './checkpoint.js';
import { CHECKPOINT } from './folder.js';
import type { Environment, RunEvent } from './types.js';

/** What is asked of the machine, with `auto` settled as it was when the run began: threads and engine change the bits. */
export function environmentLike(machine: MachineDemands, checkpoint: Checkpoint): MachineDemands {
  const { device, threads, engine } = checkpoint.result.environment;
  return { ...machine, device: device as MachineDemands['device'], threads, engine };
}

/** The engine's reason is that of the run's beginning, too: a resumed run asks for its engine by name. */
export function withReason(environment: Environment, checkpoint: Checkpoint | undefined): Environment {
  return checkpoint
    ? { ...environment, engineReason: checkpoint.result.environment.engineReason }
    : environment;
}

/** What a run has when it is set up. */
interface SetUp {
  readonly config: ExperimentConfig;
  /** SHA-256 of the pixels and labels, and of the file of weights where there is one. */
  readonly digest: string;
  /** The network while a task is the latest. */
  readonly networkAt: (task: number) => NetworkSpec;
}

/**
 * Puts a session that is set up where the checkpoint was taken.
 * @throws {ClTorchError} FILE_MISMATCH when the data or the model are others.
 */
export async function restore(
  session: Session,
  { session: snapshot, data, position }: Checkpoint,
  { config, digest, networkAt }: SetUp,
): Promise<void> {
  const unfit = (why: string, cause?: unknown): ClTorchError =>
    mismatch(join(config.out ?? '.', CHECKPOINT), 'checkpoint', why, cause);
  if (data !== digest) {
    const given =
      config.weights === undefined
        ? "the data set's images or labels"
        : `the data set's images or labels, or the weights in '${config.weights}',`;
    throw unfit(`${given} are not those that the run began with.`);
  }
  const { tasksDone, epochsDone } = position;
  const network = networkAt(epochsDone > 0 ? tasksDone : Math.max(0, tasksDone - 1));
  if (!isSameNetwork(snapshot.network, network)) {
    throw unfit(
      `its network is ${networkText(snapshot.network)}, and the run asks for ${networkText(network)}.`,
    );
  }
  await session.importState(snapshot).catch((error: unknown) => {
    throw codeOf(error) === 'INVALID_ARGUMENT' ? unfit(messageOf(error), error) : error;
  });
}

/** The part of a task that was learnt before the checkpoint. */
export function begunTask(checkpoint: Checkpoint | undefined, task: number): BegunTask | undefined {
  if (!checkpoint?.report || checkpoint.position.tasksDone !== task) return undefined;
  return { epochs: checkpoint.position.epochsDone, report: checkpoint.report };
}

export function tellResumption(
  { position, result }: Checkpoint,
  now: Environment,
  emit: (event: RunEvent) => void,
): void {
  const before = result.environment;
  const changed = (['clTorch', 'libtorch', 'cuda', 'deviceName', 'threads'] as const)
    .filter((key) => before[key] !== now[key])
    .map((key) => `${key} ${before[key]} → ${now[key]}`);
  emit({ type: 'resume', ...position, changed });
}
