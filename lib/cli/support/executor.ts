import { ClTorchError } from '../../base/errors.js';
import { parseOptions } from '../../options/check.js';
import { describe } from '../../options/option.js';
import { LocalExecutor } from '../../sweep/local.js';
import type { SweepExecutor } from '../../sweep/plan/executor.js';
import type { Sweep } from '../../sweep/plan/sweep.js';
import { SlurmExecutor } from '../../sweep/slurm/executor.js';
import { type SlurmOptions, slurmOptions } from '../../sweep/slurm/options.js';
import { readAtOnce } from './seeds.js';
import type { SweepOutput } from './sweep-output.js';

/** Where runs of a sweep are executed, as flags say. */
export interface ExecutorFlags {
  readonly executor?: string;
  readonly atOnce?: string;
  readonly devices?: string;
}

/** What Slurm is asked for; undefined where the runs are executed here. */
export type AskedOfSlurm = SlurmOptions | undefined;

type Flags = Readonly<Record<string, unknown>>;

/** Flags of Slurm alone, and all others. */
export function partSlurm(flags: Flags): [slurm: Flags, others: Flags] {
  const part = (which: boolean): Flags =>
    Object.fromEntries(Object.entries(flags).filter(([key]) => isOfSlurm(key) === which));
  return [part(true), part(false)];
}

function isOfSlurm(key: string): boolean {
  return key !== 'atOnce' && Object.hasOwn(slurmOptions, key);
}

/**
 * Reads what Slurm is asked for, before any work.
 * @throws {ClTorchError} CONFIG_INVALID for a value that cannot be, and for flags of another executor.
 */
export function readSlurm(slurm: Flags, { executor, atOnce, devices }: ExecutorFlags): AskedOfSlurm {
  if (executor !== 'slurm') {
    const alien = describe(slurmOptions).find(({ key }) => Object.hasOwn(slurm, key));
    if (alien) throw refused(`${alien.flag} is for jobs of Slurm: give --executor slurm as well`);
    return undefined;
  }
  if (devices !== undefined) throw refused('--devices is for one machine: with --executor slurm say --gpus');
  const most = readAtOnce(atOnce);
  return parseOptions(slurmOptions, { ...slurm, atOnce: most === 'auto' ? undefined : most });
}

export function executorOf(
  sweep: Sweep,
  slurm: AskedOfSlurm,
  { atOnce, devices }: ExecutorFlags,
  output: SweepOutput,
): SweepExecutor {
  if (slurm) return new SlurmExecutor(slurm);
  return new LocalExecutor(sweep, {
    atOnce: readAtOnce(atOnce),
    devices: devices?.split(',').map((device) => device.trim()),
    onEvent: (run, event) => output.event(run, event),
  });
}

function refused(problem: string): ClTorchError {
  return new ClTorchError('CONFIG_INVALID', `${problem}.`);
}
