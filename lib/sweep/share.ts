import { ClTorchError } from '../base/errors.js';
import { shown } from '../base/values.js';
import { type Environment, type MachineDemands, resolveEnvironment } from '../training/environment.js';

const MOST_AT_ONCE = 256;

/** Of `auto`: models that a GPU is sure to have room for. */
const IN_A_BATCH = 16;

/** What a thread more costs each of a team, in shares of its time: measured with two (docs/speed.md). */
const TEAM_COST = 0.05;

/** How runs that train side by side share the machine. */
export interface Share {
  /** How many train at the same time. */
  readonly atOnce: number;
  /** CPU threads of each; undefined for what its own configuration says. */
  readonly threads?: 'auto' | number | undefined;
  /** Whether those at the same time train as one batch. */
  readonly together: boolean;
}

/** How many train at the same time, or `auto`: `SeedsOptions` says what that means. */
export type AtOnce = 'auto' | number;

/** @throws {ClTorchError} CONFIG_INVALID when it is neither `auto` nor from 1 to 256. */
export function readAtOnce(value: unknown): AtOnce {
  const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_AT_ONCE;
  if (isCount || value === 'auto') return value;
  throw new ClTorchError(
    'CONFIG_INVALID',
    `atOnce (--at-once): expected 'auto' or a whole number from 1 to ${MOST_AT_ONCE}, found ${shown(value)}.`,
  );
}

/**
 * The share of each of so many runs.
 * @throws {ClTorchError} What `resolveEnvironment` throws.
 */
export async function shareOf(
  machine: MachineDemands,
  runs: number,
  atOnce: AtOnce,
  signal: AbortSignal,
): Promise<Share> {
  return share(machine.threads, runs, atOnce, await resolveEnvironment(machine, signal));
}

/** @param threads - As they were asked for; `environment` has what the machine makes of that. */
export function share(
  threads: 'auto' | number,
  runs: number,
  atOnce: AtOnce,
  environment: Pick<Environment, 'device' | 'engine' | 'threads'>,
): Share {
  if (environment.device !== 'cpu') {
    const together = environment.engine === 'fused';
    return { atOnce: atOnce === 'auto' ? (together ? IN_A_BATCH : 1) : atOnce, threads, together };
  }
  if (threads !== 'auto') return { atOnce: atOnce === 'auto' ? 1 : atOnce, threads, together: false };
  const cores = environment.threads;
  if (atOnce === 'auto') return { ...shareOfCores(runs, cores), together: false };
  return { atOnce, threads: Math.max(1, Math.floor(cores / Math.min(atOnce, runs))), together: false };
}

/** The sharing of `cores` cores that should end `runs` equally long runs first. */
export function shareOfCores(
  runs: number,
  cores: number,
): { readonly atOnce: number; readonly threads: number } {
  const choices = Array.from({ length: Math.min(runs, cores) }, (_, i) => {
    const atOnce = i + 1;
    const threads = Math.floor(cores / atOnce);
    const rounds = Math.ceil(runs / atOnce);
    return { atOnce, threads, time: (rounds * (1 + TEAM_COST * (threads - 1))) / threads };
  });
  const { atOnce, threads } = choices.reduce((best, each) => (each.time < best.time ? each : best));
  return { atOnce, threads };
}
