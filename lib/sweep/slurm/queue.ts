import { isClTorchError } from '../../base/errors.js';
import { slurm } from './commands.js';

/** A task of a job array as squeue tells of it. */
export interface QueuedTask {
  readonly job: number;
  /** Its number in the array. */
  readonly index: number;
  /** Such as PENDING. */
  readonly state: string;
  /** Why it waits, or why it ended: Resources, TimeLimit, … ; `None` where Slurm has none. */
  readonly reason: string;
  /** The job's name. */
  readonly name: string;
}

/** States of a job that is over. In every other state it runs, or may still run. */
const ENDED = [
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'REVOKED',
  'TIMEOUT',
];

/** What Slurm is asked to print of each task, in this order; the name last, which may hold anything. */
const FORMAT = '%F|%K|%T|%r|%j';
const LINE = /^(\d+)\|(\d+)\|([A-Z_]+)\|([^|]*)\|(.+)$/;

/** This user's tasks: those that wait and run, and for some minutes (the cluster's MinJobAge) those that have ended. */
export class Queue {
  readonly #tasks: readonly QueuedTask[];
  readonly #places: ReadonlyMap<string, QueuedTask>;

  constructor(tasks: readonly QueuedTask[]) {
    this.#tasks = tasks;
    this.#places = new Map(tasks.map((task) => [`${task.job}_${task.index}`, task]));
  }

  /** Asks squeue. @throws {SlurmRefusal} */
  static async ask(clusters: readonly string[]): Promise<Queue> {
    const users = `--user=${process.getuid?.() ?? ''}`;
    const where = clusters.length > 0 ? [`--clusters=${clusters.join(',')}`] : [];
    const args = ['--noheader', '--array', '--states=all', users, ...where, `--format=${FORMAT}`];
    return new Queue(parseQueue(await slurm('squeue', args)));
  }

  /** Undefined of a task that ended so long ago that Slurm has forgotten it. */
  task(job: number, index: number): QueuedTask | undefined {
    return this.#places.get(`${job}_${index}`);
  }

  /** The job of this name. */
  jobNamed(name: string): number | undefined {
    return this.#tasks.find((task) => task.name === name)?.job;
  }
}

/** Lines of other kinds, such as those of jobs that are no arrays, are left out. */
export function parseQueue(text: string): QueuedTask[] {
  return text.split('\n').flatMap((line) => {
    const [, job, index, state = '', reason = '', name = ''] = LINE.exec(line.trim()) ?? [];
    return job === undefined ? [] : [{ job: Number(job), index: Number(index), state, reason, name }];
  });
}

/** Whether it runs, or may still run. */
export function isActive({ state }: QueuedTask): boolean {
  return !ENDED.includes(state);
}

/** How many tasks an array may have: the cluster's largest number of one. Slurm's default where it is not told. */
export async function largestArray(): Promise<number> {
  const config = await slurm('scontrol', ['show', 'config']).catch((error: unknown) => {
    if (isClTorchError(error)) throw error;
    return ''; // sbatch will say what is wrong
  });
  return Math.max(1, Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1] ?? 1001) - 1);
}
