import { ClTorchError } from '../../base/errors.js';
import { driveSweep } from '../../sweep/drive.js';
import { LocalExecutor } from '../../sweep/local.js';
import type { SweepExecutor } from '../../sweep/plan/executor.js';
import { runsOf } from '../../sweep/plan/plan.js';
import { Sweep } from '../../sweep/plan/sweep.js';
import { Interruption } from '../support/interruption.js';
import { announceLoading } from '../support/load.js';
import { readAtOnce } from '../support/seeds.js';
import { presentSweep } from '../support/sweep-files.js';
import { SweepOutput } from '../support/sweep-output.js';
import { readSweepRequest } from '../support/sweep-request.js';

/** Some runs failed, or this process was asked for one that did. */
const FAILED = 1;

interface HowFlags {
  readonly atOnce?: string;
  readonly devices?: string;
  readonly retry?: true;
  readonly quiet?: true;
}

/** `cl-torch sweep`. Returns the exit code. */
export async function runSweep(file: string | undefined, flags: Record<string, unknown>): Promise<number> {
  const { atOnce, devices, retry, quiet, executor, ...asked } = flags;
  const { request, out } = await readSweepRequest(file, asked);
  const sweep = await Sweep.planned(request, out);
  await sweep.begin();
  const how = { atOnce, devices, retry, quiet } as HowFlags;
  return await execute(sweep, how, undefined, presentSweep);
}

/** `cl-torch sweep work`. Returns the exit code. */
export async function workOnSweep(
  folder: string,
  { only, ...how }: HowFlags & { readonly only?: readonly string[] },
): Promise<number> {
  const sweep = await Sweep.open(folder);
  return await execute(sweep, how, only);
}

/** @param after - What is done once nothing is left to run. */
async function execute(
  sweep: Sweep,
  how: HowFlags,
  only?: readonly string[],
  after?: (sweep: Sweep) => Promise<void>,
): Promise<number> {
  const quiet = how.quiet === true;
  using interruption = new Interruption();
  const { signal } = interruption;
  const output = new SweepOutput(quiet);
  try {
    if (how.retry) await sweep.folder.retry();
    await sweep.folder.refresh();
    requireKnown(sweep, only);
    if (sweep.missing().length > 0) await announceLoading(output);
    await driveSweep(sweep, executorOf(sweep, how, output), {
      signal,
      only,
      tell: (text) => output.note(text),
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

function executorOf(sweep: Sweep, { atOnce, devices }: HowFlags, output: SweepOutput): SweepExecutor {
  return new LocalExecutor(sweep, {
    atOnce: readAtOnce(atOnce),
    devices: devices?.split(',').map((device) => device.trim()),
    onEvent: (run, event) => output.event(run, event),
  });
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
  const runs = runsOf(sweep.plan()).filter(({ name }) => only === undefined || only.includes(name));
  return runs.some(({ name }) => sweep.folder.known(name)?.status === 'failed') ? FAILED : 0;
}
