import { ClTorchError } from '../base/errors.js';
import { shown } from '../base/values.js';
import type { ExperimentConfig } from '../options/schema.js';
import { type Environment, resolveEnvironment } from '../training/environment.js';
import { lanesFor } from './side-by-side.js';

const MOST_AT_ONCE = 256;

/** Of `auto`: models that a GPU is sure to have room for. */
const IN_A_BATCH = 16;

/** How runs of one configuration, but for the seed, share the machine. */
export interface Sharing {
  /** How many train at the same time. */
  readonly atOnce: number;
  /** CPU threads of each. */
  readonly threads: 'auto' | number;
  /** Whether those at the same time train as one batch. */
  readonly together: boolean;
}

/**
 * @param atOnce - How many train at the same time, or `auto`: `SeedsOptions` says what that means.
 * @throws {ClTorchError} CONFIG_INVALID when it is neither `auto` nor from 1 to 256; what `resolveEnvironment` throws.
 */
export async function sharingOf(
  config: ExperimentConfig,
  runs: number,
  atOnce: 'auto' | number,
  signal: AbortSignal | undefined,
): Promise<Sharing> {
  if (atOnce !== 'auto' && !(Number.isInteger(atOnce) && atOnce >= 1 && atOnce <= MOST_AT_ONCE)) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `atOnce (--at-once): expected 'auto' or a whole number from 1 to ${MOST_AT_ONCE}, found ${shown(atOnce)}.`,
    );
  }
  return share(config.threads, runs, atOnce, await resolveEnvironment(config, signal));
}

/** @param threads - As they were asked for; `environment` has what the machine makes of that. */
export function share(
  threads: 'auto' | number,
  runs: number,
  atOnce: 'auto' | number,
  environment: Pick<Environment, 'device' | 'engine' | 'threads'>,
): Sharing {
  if (environment.device !== 'cpu') {
    const together = environment.engine === 'fused';
    return { atOnce: atOnce === 'auto' ? (together ? IN_A_BATCH : 1) : atOnce, threads, together };
  }
  if (threads !== 'auto') return { atOnce: atOnce === 'auto' ? 1 : atOnce, threads, together: false };
  const cores = environment.threads;
  if (atOnce === 'auto') return { ...lanesFor(runs, cores), together: false };
  return { atOnce, threads: Math.max(1, Math.floor(cores / Math.min(atOnce, runs))), together: false };
}
