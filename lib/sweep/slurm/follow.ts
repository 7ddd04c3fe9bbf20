import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { count } from '../../base/count.js';
import { ClTorchError, isClTorchError, messageOf } from '../../base/errors.js';
import { CHECKPOINT } from '../../runs/folder.js';
import type { ExecutorContext } from '../plan/executor.js';
import type { SweepRun } from '../plan/types.js';
import type { Journal, SubmittedArray } from './journal.js';
import { isActive, Queue, type QueuedTask } from './queue.js';
import { type ArrayPlan, QueueFull, submitArray } from './submit.js';
import { failureOf, progressText, refusedLater, wasCancelled, whatGoesOn } from './texts.js';

/** How long is waited for what; milliseconds but for the last. */
export interface Patience {
  /** Between two looks at the queue: a tenth of the time so far, at least this long, */
  readonly leastMs: number;
  /** and at most this long. */
  readonly mostMs: number;
  /** From the end of a job until the shared folder must show what it wrote: networks show it late. */
  readonly showsMs: number;
  /** How long squeue may fail in a row, and how long a queue may be full of other jobs. */
  readonly silenceMs: number;
  /** How often in a row a run is submitted again that ended without having got any further. */
  readonly resubmissions: number;
}

const PATIENCE: Patience = {
  leastMs: 2_000,
  mostMs: 30_000,
  showsMs: 60_000,
  silenceMs: 1_800_000,
  resubmissions: 2,
};

/** A run that is in the queue, or was when it was looked at last. */
interface Placed {
  readonly run: SweepRun;
  readonly array: SubmittedArray;
  /** Its number in the array. */
  readonly index: number;
  /** When it was first seen to have ended without being over, by the process's clock. */
  endedAt?: number | undefined;
}

/** How a run's ends without a result went so far. */
interface Ends {
  /** How many in a row, without a checkpoint more. */
  readonly count: number;
  /** When the last checkpoint was written; 0 where there is none. */
  readonly checkpoint: number;
}

/** Brings runs to their end by job arrays: submits what is not in the queue, and looks on until all are over. */
export class Follower {
  readonly #journal: Journal;
  readonly #plan: ArrayPlan;
  readonly #largest: number;
  readonly #context: ExecutorContext;
  readonly #patience: Patience;
  readonly #placed = new Map<string, Placed>();
  readonly #ends = new Map<string, Ends>();
  readonly #cancelled: SweepRun[] = [];
  #missing: SweepRun[] = [];
  /** Fewer runs in the queue than this, before more are submitted: it was full. */
  #room = Number.POSITIVE_INFINITY;
  #told = '';
  #hasSubmitted = false;
  #silentSince: number | undefined;
  #fullSince: number | undefined;

  constructor(
    journal: Journal,
    plan: ArrayPlan,
    largest: number,
    context: ExecutorContext,
    patience: Partial<Patience> = {},
  ) {
    this.#journal = journal;
    this.#plan = plan;
    this.#largest = largest;
    this.#context = context;
    this.#patience = { ...PATIENCE, ...patience };
  }

  async follow(runs: readonly SweepRun[]): Promise<void> {
    const { signal } = this.#context;
    const began = performance.now();
    await this.#find(runs);
    while (true) {
      await this.#submit();
      if (this.#placed.size === 0 && this.#missing.length === 0) break;
      const { leastMs, mostMs } = this.#patience;
      const pause = Math.min(mostMs, Math.max(leastMs, (performance.now() - began) / 10));
      await delay(pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) {
        this.#context.tell(whatGoesOn(this.#arrays()));
        throw new ClTorchError('ABORTED', 'The sweep is no longer followed.', { cause: signal.reason });
      }
      const queue = await this.#ask();
      if (queue) await this.#look(queue, runs.length);
    }
    if (this.#cancelled.length > 0) throw wasCancelled(this.#cancelled);
  }

  /** Finds the runs that an earlier process submitted, and which are still in the queue. */
  async #find(runs: readonly SweepRun[]): Promise<void> {
    const isOver = await Promise.all(runs.map((run) => this.#context.isOver(run)));
    const wanted = new Map(runs.filter((_, i) => !isOver[i]).map((run) => [run.name, run]));
    const queue = this.#journal.arrays.length > 0 ? await this.#askAtFirst() : new Queue([]);
    for (const kept of this.#journal.arrays) {
      const array = { ...kept, job: kept.job ?? queue.jobNamed(kept.name) ?? null };
      if (array.job !== kept.job) await this.#journal.keep(array);
      for (const [at, name] of array.runs.entries()) {
        const run = wanted.get(name);
        const task = queue.task(array.job ?? 0, at + 1);
        if (!run || task?.name !== array.name || !isActive(task)) continue;
        this.#placed.set(name, { run, array, index: at + 1 });
      }
    }
    this.#missing = [...wanted.values()].filter(({ name }) => !this.#placed.has(name));
    this.#hasSubmitted = this.#journal.arrays.some(({ job }) => job !== null);
    if (this.#placed.size > 0) {
      this.#context.tell(`Found ${this.#placed.size} runs in Slurm's queue: jobs ${this.#jobs()}.`);
    }
  }

  /** Before anything was submitted there is nothing to wait for. */
  #askAtFirst(): Promise<Queue> {
    return Queue.ask(this.#journal.clusters).catch((error: unknown) => {
      if (isClTorchError(error)) throw error;
      throw new ClTorchError(
        'SLURM_FAILED',
        `squeue does not tell what became of the sweep's jobs: ${messageOf(error)}. They go on. Run the same command again ` +
          'when squeue works.',
        { cause: error },
      );
    });
  }

  /** What is in the queue; undefined when squeue does not tell, which is borne for a while. */
  async #ask(): Promise<Queue | undefined> {
    try {
      const queue = await Queue.ask(this.#journal.clusters);
      if (this.#silentSince !== undefined) this.#context.tell('squeue answers again.');
      this.#silentSince = undefined;
      return queue;
    } catch (error) {
      const now = performance.now();
      const reason = messageOf(error);
      if (this.#silentSince === undefined) {
        this.#context.tell(`squeue does not answer (${reason}); the jobs go on. Asking again.`);
      }
      this.#silentSince ??= now;
      if (now - this.#silentSince < this.#patience.silenceMs) return undefined;
      throw new ClTorchError(
        'SLURM_FAILED',
        `squeue has not answered for ${Math.round(this.#patience.silenceMs / 60_000)} minutes: ${reason}. ${whatGoesOn(this.#arrays())}`,
        { cause: error },
      );
    }
  }

  /**
   * Submits what is missing, in arrays of the size that the cluster takes. Where it takes fewer jobs, the others wait until
   * half of them are over.
   */
  async #submit(): Promise<void> {
    let size = this.#largest;
    while (this.#missing.length > 0 && this.#placed.size < this.#room) {
      const runs = this.#missing.slice(0, size);
      try {
        await this.#place(runs);
      } catch (error) {
        if (!(error instanceof QueueFull)) throw error;
        if (this.#placed.size > 0) {
          this.#room = Math.ceil(this.#placed.size / 2);
          this.#context.tell(
            `Slurm's queue takes no more for now; to be submitted later: ${count(this.#missing.length, 'run')}.`,
          );
        } else if (runs.length === 1) {
          this.#bear(error);
          return;
        } else size = Math.ceil(runs.length / 2);
        continue;
      }
      this.#missing = this.#missing.slice(runs.length);
      this.#room = Number.POSITIVE_INFINITY;
      this.#hasSubmitted = true;
      this.#fullSince = undefined;
    }
  }

  /**
   * A queue that took runs before, of an earlier process, too, and is full of other jobs now will have room again. One that
   * never took any is an error.
   */
  #bear({ trouble }: QueueFull): void {
    if (!this.#hasSubmitted) throw trouble;
    const now = performance.now();
    if (this.#fullSince === undefined) {
      this.#context.tell(
        `Slurm's queue is full of other jobs; to be submitted once there is room: ${count(this.#missing.length, 'run')}.`,
      );
    }
    this.#fullSince ??= now;
    if (now - this.#fullSince >= this.#patience.silenceMs) throw trouble;
  }

  /** With a limit on how many run at the same time, one array begins after another: the limit is that of an array. */
  async #place(runs: readonly SweepRun[]): Promise<void> {
    const last = this.#arrays().at(-1)?.job ?? undefined;
    const after = this.#plan.options.atOnce === undefined ? undefined : last;
    const names = runs.map(({ name }) => name);
    const array = await submitArray(names, after, this.#plan, this.#journal);
    for (const [at, run] of runs.entries()) this.#placed.set(run.name, { run, array, index: at + 1 });
    const script = `slurm/array-${array.number}.sh`;
    this.#context.tell(
      `Submitted ${count(runs.length, 'run')} as job ${array.job} (${script}). To cancel: scancel ${array.job}`,
    );
  }

  /** The arrays that have runs in the queue, in the order in which they were submitted. */
  #arrays(): SubmittedArray[] {
    const arrays = new Set([...this.#placed.values()].map(({ array }) => array));
    return [...arrays].sort((a, b) => a.number - b.number);
  }

  #jobs(): string {
    return [...new Set(this.#arrays().map(({ job }) => job))].join(', ');
  }

  async #look(queue: Queue, total: number): Promise<void> {
    const active: QueuedTask[] = [];
    for (const placed of [...this.#placed.values()]) {
      const task = queue.task(placed.array.job ?? 0, placed.index);
      if (task && isActive(task)) {
        placed.endedAt = undefined;
        active.push(task);
      } else await this.#ended(placed, task);
    }
    const left = this.#placed.size + this.#missing.length;
    const text = progressText(total - left, total, active, this.#missing.length);
    if (text !== this.#told) this.#context.tell(text);
    this.#told = text;
  }

  async #ended(placed: Placed, task: QueuedTask | undefined): Promise<void> {
    const { run } = placed;
    if (await this.#context.isOver(run)) {
      this.#placed.delete(run.name);
      return;
    }
    const now = performance.now();
    placed.endedAt ??= now;
    if (now - placed.endedAt < this.#patience.showsMs) return;
    this.#placed.delete(run.name);
    if (task?.reason === 'BadConstraints') throw refusedLater(task);
    if (task?.state === 'CANCELLED') {
      this.#cancelled.push(run);
      return;
    }
    await this.#again(placed, task);
  }

  /** A run goes on from its last checkpoint: what gets further each time comes to its end. */
  async #again({ run, array, index }: Placed, task: QueuedTask | undefined): Promise<void> {
    const checkpoint = this.#checkpointOf(run);
    const before = this.#ends.get(run.name) ?? { count: 0, checkpoint: 0 };
    const count = checkpoint === before.checkpoint ? before.count + 1 : 1;
    this.#ends.set(run.name, { count, checkpoint });
    if (count > this.#patience.resubmissions) {
      await this.#context.fail(run, failureOf(`${array.job}_${index}`, count, task, run.name, array.number));
      return;
    }
    this.#context.tell(
      `${run.name} was ended by Slurm (${task?.state ?? 'no longer known'}); it is submitted again.`,
    );
    this.#missing.push(run);
  }

  #checkpointOf({ name }: SweepRun): number {
    const path = `${this.#plan.folder}/runs/${name}/${CHECKPOINT}`;
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }
}
