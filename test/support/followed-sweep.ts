import { expect, vi } from 'vitest';
import type { SweepRun } from '../../lib/sweep/plan/types.js';
import { SlurmExecutor } from '../../lib/sweep/slurm/executor.js';
import type { SlurmOptions } from '../../lib/sweep/slurm/options.js';
import { FakeSlurm, KeptContext } from './fake-slurm.js';

const patience = { leastMs: 5, mostMs: 10, showsMs: 30, silenceMs: 400 };

/** A sweep that a fake Slurm executes, and what a test asks and does of it. */
export class FollowedSweep {
  readonly slurm: FakeSlurm = new FakeSlurm();
  /** What the executor is given; another one stands for another process. */
  context: KeptContext = new KeptContext(this.slurm.sweep);

  /** Executes the runs; `command` stands in place of this package's. */
  execute(
    runs: readonly SweepRun[],
    options: Partial<SlurmOptions> = {},
    command?: readonly string[],
  ): Promise<void> {
    const given = command === undefined ? { patience } : { patience, command };
    return new SlurmExecutor({ cpus: 1, ...options }, given).execute(runs, this.context);
  }

  /** The task ends well, and its run is over. */
  done(task: string, run: string): void {
    this.context.over.add(run);
    this.slurm.set(task, 'COMPLETED');
  }

  /** Whether so many tasks are in the queue. */
  submitted(count: number): () => boolean {
    return () => this.slurm.tasks.length >= count;
  }

  /** Whether a line was told that has the pattern. */
  told(pattern: RegExp): () => boolean {
    return () => this.context.told.some((text) => pattern.test(text));
  }

  [Symbol.dispose](): void {
    this.slurm[Symbol.dispose]();
  }
}

/** Awaits what executes, and does `acts` one after the other, each as soon as the test before it holds. */
export async function executing(
  executed: Promise<void>,
  ...acts: readonly (readonly [when: () => boolean, act: () => void])[]
): Promise<void> {
  const outcome = executed.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  for (const [when, act] of acts) {
    await vi.waitFor(() => expect(when()).toBe(true), { timeout: 10_000, interval: 5 });
    act();
  }
  const failed = await outcome;
  if (failed) throw failed.error;
}
