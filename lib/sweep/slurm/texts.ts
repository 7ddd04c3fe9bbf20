import { ClTorchError } from '../../base/errors.js';
import type { RunFailure } from '../plan/executor.js';
import type { SweepRun } from '../plan/types.js';
import type { SubmittedArray } from './journal.js';
import type { QueuedTask } from './queue.js';

/** A line such as `Slurm: 5 of 12 runs over, 2 running, 5 waiting (Resources)`. */
export function progressText(
  over: number,
  total: number,
  active: readonly QueuedTask[],
  later: number,
): string {
  const waiting = active.filter(({ state }) => state !== 'RUNNING' && state !== 'COMPLETING');
  const reasons = [...new Set(waiting.map(({ reason }) => reason))].filter((reason) => reason !== 'None');
  const parts = [
    `${over} of ${total} runs over`,
    `${active.length - waiting.length} running`,
    `${waiting.length} waiting${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`,
    ...(later > 0 ? [`${later} to be submitted`] : []),
  ];
  const held = waiting.find(({ reason }) => NEVER[reason] !== undefined);
  const advice = held ? ` They will not begin by themselves: ${NEVER[held.reason]}.` : '';
  return `Slurm: ${parts.join(', ')}.${advice}`;
}

/** Reasons of a wait that does not end by itself, and what helps. */
const NEVER: Readonly<Record<string, string>> = {
  PartitionConfig:
    'they ask for more than the partition gives; scancel them, and change --time, --cpus or --gpus',
  PartitionTimeLimit: 'they ask for more time than the partition gives; scancel them, and change --time',
  PartitionNodeLimit:
    'they ask for more than the partition gives; scancel them, and change what they ask for',
  JobHeldUser: 'they are held; scontrol release lets them go',
  JobHeldAdmin: 'an administrator, or a failure at their start, holds them; see scontrol show job',
  DependencyNeverSatisfied: 'they wait for a job that is gone; scancel them, and run the same command again',
};

/** What a person must know whom the jobs outlive. */
export function whatGoesOn(arrays: readonly SubmittedArray[]): string {
  if (arrays.length === 0) return "None of the sweep's jobs is in Slurm's queue.";
  const clusters = [...new Set(arrays.map(({ cluster }) => cluster))];
  const commands = clusters.map((cluster) => {
    const jobs = new Set(arrays.filter((array) => array.cluster === cluster).map(({ job }) => job));
    return ['scancel', ...(cluster === null ? [] : ['-M', cluster]), ...jobs].join(' ');
  });
  return `The jobs go on in Slurm. To cancel them: ${commands.join(' && ')}. The same command follows them again.`;
}

/** What becomes known of a run that Slurm ended again and again. */
export function failureOf(
  job: string,
  times: number,
  task: QueuedTask | undefined,
  name: string,
  array: number,
): RunFailure {
  const state = task?.state ?? 'UNKNOWN';
  const reason = task === undefined || task.reason === 'None' ? '' : ` (${task.reason})`;
  return {
    code: 'SLURM_FAILED',
    message:
      `Slurm ended it ${times} times without its getting any further; the last time as job ${job}: ${state}${reason}. ` +
      `${remedyFor(state)} Its words are in logs/${name}.log, Slurm's in slurm/array-${array}.log. --retry tries it again.`,
  };
}

function remedyFor(state: string): string {
  switch (state) {
    case 'OUT_OF_MEMORY':
      return 'Give it more memory with --mem.';
    case 'TIMEOUT':
    case 'DEADLINE':
      return 'Give it more time with --time, or let it write a checkpoint more often (checkpointEvery: epoch).';
    case 'NODE_FAIL':
    case 'BOOT_FAIL':
      return "Its nodes failed: name others with --partition or --sbatch '--exclude=NODE'.";
    default:
      return 'When its log does not say why, it came to its time limit (--time) or was killed for memory (--mem).';
  }
}

/** Slurm took the array, and found only then that no node can have its jobs. */
export function refusedLater({ job, index }: QueuedTask): ClTorchError {
  return new ClTorchError(
    'SLURM_FAILED',
    `Slurm has no node for job ${job}_${index} (BadConstraints): none has what --partition, --cpus, --mem and --gpus ask ` +
      'for together. Nothing is lost. sinfo -o "%P %c %m %G" lists what the nodes have; change the options and run the ' +
      'command again.',
  );
}

/** Somebody cancelled jobs: that is no failure of the runs. */
export function wasCancelled(runs: readonly SweepRun[]): ClTorchError {
  const [first] = runs;
  const which =
    runs.length === 1 ? `The run ${first?.name} was` : `${runs.length} runs (${first?.name}, …) were`;
  return new ClTorchError(
    'ABORTED',
    `${which} cancelled in Slurm. The others are over, and what is done stays done; the same command submits what is missing.`,
  );
}
