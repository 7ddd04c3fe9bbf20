import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { ClTorchError } from '../../base/errors.js';
import { writeFileAtomic } from '../../files/index.js';
import { isFull, SlurmRefusal, slurm } from './commands.js';
import type { Journal, SubmittedArray } from './journal.js';
import { overruling, type SlurmOptions } from './options.js';
import { jobScript } from './script.js';

/** What every array of an execution has in common. */
export interface ArrayPlan {
  /** The sweep's folder, as an absolute path. */
  readonly folder: string;
  readonly options: SlurmOptions;
  readonly command: readonly string[];
}

/** The queue takes no more jobs, or not so many at once; nothing was submitted. */
export class QueueFull extends Error {
  /** In words for people. */
  readonly trouble: ClTorchError;

  constructor(trouble: ClTorchError) {
    super(trouble.message);
    this.trouble = trouble;
  }
}

/**
 * Submits runs as one job array. It is in the journal before sbatch is asked, by its name, so that a process that is ended
 * in between finds it in the queue.
 *
 * @param after - The job after whose end it begins.
 * @throws {QueueFull} When the queue takes no more.
 * @throws {ClTorchError} SLURM_FAILED when sbatch refuses it for another reason; OUTPUT_FAILED.
 */
export async function submitArray(
  runs: readonly string[],
  after: number | undefined,
  { folder, options, command }: ArrayPlan,
  journal: Journal,
): Promise<SubmittedArray> {
  const number = 1 + Math.max(0, ...journal.arrays.map((array) => array.number));
  const place = basename(folder).replaceAll(/[^\w.-]/g, '_');
  const name = `${place.slice(0, 40)}-${number}-${randomBytes(4).toString('hex')}`;
  const array: SubmittedArray = { number, name, job: null, cluster: null, runs };
  const script = join(folder, 'slurm', `array-${number}.sh`);
  await writeFileAtomic(join(folder, 'slurm', `array-${number}.txt`), `${runs.join('\n')}\n`);
  const job = { folder, number, name, size: runs.length, after, options, command };
  await writeFileAtomic(script, jobScript(job));
  await journal.keep(array);
  try {
    const submitted = {
      ...array,
      ...idIn(await slurm('sbatch', ['--parsable', script], overruling(options))),
    };
    await journal.keep(submitted);
    return submitted;
  } catch (error) {
    if (!(error instanceof SlurmRefusal)) throw error;
    await journal.drop(array);
    throw isFull(error) ? new QueueFull(whyFull(error)) : refused(error, script);
  }
}

/** What `sbatch --parsable` prints: the job's number, and behind a semicolon the cluster's name where one was named. */
function idIn(printed: string): Pick<SubmittedArray, 'job' | 'cluster'> {
  const [, job, cluster = null] = /^(\d+)(?:;(\S+))?\s*$/m.exec(printed) ?? [];
  if (job !== undefined) return { job: Number(job), cluster };
  throw new ClTorchError(
    'SLURM_FAILED',
    `sbatch ended well but told no number of a job: '${printed.trim()}'. See squeue for what it submitted; the same ` +
      'command finds it there.',
  );
}

const NOTHING_LOST = 'Nothing of this was submitted, and what is done stays done.';

function refused({ said }: SlurmRefusal, script: string): ClTorchError {
  return new ClTorchError(
    'SLURM_FAILED',
    `sbatch refused the job: ${said}. ${NOTHING_LOST} ${remedyFor(said)} The job script is '${script}'.`,
  );
}

function remedyFor(said: string): string {
  if (/account|qos/i.test(said)) {
    return "Name an account or a QOS that you may use, such as --sbatch '--account=NAME': sacctmgr show assoc user=$USER.";
  }
  if (/partition/i.test(said)) return 'Name one of the cluster with --partition: sinfo lists them.';
  if (/time limit/i.test(said))
    return 'Ask for less with --time: sinfo lists the longest time of each partition.';
  if (/node configuration|memory|gres|CPU count/i.test(said)) {
    return 'No node has what --cpus, --mem and --gpus ask for: sinfo -o "%P %c %m %G" lists what the nodes have.';
  }
  if (/unrecognized|invalid option|requires an argument/i.test(said)) {
    return 'Look at what --sbatch was given: man sbatch.';
  }
  if (/contact|connect|socket|communication/i.test(said)) {
    return "Slurm's controller cannot be reached (scontrol ping): run the same command again when it answers.";
  }
  return 'Change --partition, --time, --gpus, --mem, --cpus or --sbatch.';
}

function whyFull({ said }: SlurmRefusal): ClTorchError {
  return new ClTorchError(
    'SLURM_FAILED',
    `Slurm's queue takes not even one more job: sbatch said '${said}'. ${NOTHING_LOST} The limit is the cluster's ` +
      '(MaxJobCount) or that of your account (sacctmgr show assoc user=$USER; squeue --me lists your jobs). Run the same ' +
      'command again when there is room, or ask your administrators.',
  );
}
