import { ClTorchError } from '../../base/errors.js';
import { driveSweep } from '../../sweep/drive.js';
import { runsOf } from '../../sweep/plan/plan.js';
import { Sweep } from '../../sweep/plan/sweep.js';
import {
  type AskedOfSlurm,
  type ExecutorFlags,
  executorOf,
  partSlurm,
  readSlurm,
} from '../support/executor.js';
import { Interruption } from '../support/interruption.js';
import { announceLoading } from '../support/load.js';
import { presentSweep } from '../support/sweep-files.js';
import { SweepOutput } from '../support/sweep-output.js';
import { readSweepRequest } from '../support/sweep-request.js';

/** Some runs failed, or this process was asked for one that did. */
const FAILED = 1;

interface HowFlags extends ExecutorFlags {
  readonly retry?: true;
  readonly quiet?: true;
}

/** `cl-torch sweep`. Returns the exit code. */
export async function runSweep(file: string | undefined, flags: Record<string, unknown>): Promise<number> {
  const [ofSlurm, { atOnce, devices, retry, quiet, executor, ...asked }] = partSlurm(flags);
  const how = { atOnce, devices, retry, quiet, executor } as HowFlags;
  const slurm = readSlurm(ofSlurm, how);
  const { request, out } = await readSweepRequest(file, asked);
  const sweep = await Sweep.planned(request, out);
  await sweep.begin();
  return await execute(sweep, how, { slurm, after: presentSweep });
}

/** `cl-torch sweep work`. Returns the exit code. */
export async function workOnSweep(
  folder: string,
  { only, ...how }: HowFlags & { readonly only?: readonly string[] },
): Promise<number> {
  const sweep = await Sweep.open(folder);
  return await execute(sweep, how, only ? { only } : { after: presentSweep });
}

interface Task {
  readonly slurm?: AskedOfSlurm;
  /** These runs only. */
  readonly only?: readonly string[] | undefined;
  /** What is done once nothing is left to run. */
  readonly after?: (sweep: Sweep) => Promise<void>;
}

async function execute(sweep: Sweep, how: HowFlags, { slurm, only, after }: Task): Promise<number> {
  const quiet = how.quiet === true;
  using interruption = new Interruption();
  const { signal } = interruption;
  const output = new SweepOutput(quiet);
  try {
    await sweep.folder.refresh();
    requireKnown(sweep, only);
    for (const name of how.retry ? [] : failedOf(sweep, only)) {
      output.note(`${name}: failed before, ${sweep.folder.known(name)?.failure?.message}`);
    }
    if (how.retry) {
      await sweep.folder.retry(failedOf(sweep, only));
      await sweep.folder.refresh();
    }
    if (!slurm && sweep.missing().length > 0) await announceLoading(output);
    await driveSweep(sweep, executorOf(sweep, slurm, how, output), {
      signal,
      only,
      tell: (text) => {
        output.known(sweep, sweep.plan());
        output.note(text);
      },
      onMissing: (_, plan) => output.known(sweep, plan),
      onFailure: (run, failure) => output.failed(run, failure),
    });
    output.end();
    await after?.(sweep);
    return codeOf(sweep, only);
  } catch (error) {
    const { exitCode } = interruption;
    output.stopped(exitCode !== undefined);
    if (exitCode === undefined) throw error;
    return exitCode;
  }
}

function requireKnown(sweep: Sweep, only: readonly string[] | undefined): void {
  const known = runsOf(sweep.plan()).map(({ name }) => name);
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ClTorchError(
    'CONFIG_INVALID',
    `The sweep in '${sweep.folder.path}' has no run called ${unknown}. cl-torch sweep plan tells their names.`,
  );
}

function codeOf(sweep: Sweep, only: readonly string[] | undefined): number {
  return failedOf(sweep, only).length > 0 ? FAILED : 0;
}

function failedOf(sweep: Sweep, only: readonly string[] | undefined): string[] {
  return runsOf(sweep.plan())
    .filter((run) => sweep.known(run)?.status === 'failed')
    .map(({ name }) => name)
    .filter((name) => only === undefined || only.includes(name));
}
