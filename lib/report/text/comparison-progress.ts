import type { ExperimentConfig } from '../../config/types.js';
import type { RunEvent } from '../../runs/types.js';
import { strategyNamed } from '../../strategies/index.js';
import { RunProgress } from './run-progress.js';

type Run = Pick<ExperimentConfig, 'strategy' | 'seed' | 'tasks' | 'epochs' | 'iterations'>;

/** How far a comparison is, from what it tells. */
export class ComparisonProgress {
  readonly #runs: readonly Run[];
  readonly #now: () => number;
  readonly #done = new Set<Run>();
  /** Work of the runs that were done before. */
  #before = 0;
  #atOnce = 1;
  /** Of the method that trains: its runs that are not over. */
  #missing = 0;
  #current: Run | undefined;
  #progress: RunProgress | undefined;
  #started: number | undefined;

  /** @param now - Milliseconds of a clock that does not go back. */
  constructor(runs: readonly Run[], now: () => number = () => performance.now()) {
    this.#runs = runs;
    this.#now = now;
  }

  get total(): number {
    return this.#runs.length;
  }

  /** Runs that are over, those done before among them. */
  get finished(): number {
    return this.#done.size;
  }

  /** Whether a run of this command has begun. */
  get hasBegun(): boolean {
    return this.#started !== undefined;
  }

  /** The run that is told of now. */
  get current(): { readonly run: Run; readonly progress: RunProgress } | undefined {
    return this.#current && this.#progress && { run: this.#current, progress: this.#progress };
  }

  /** Of its method, the runs that train beside it. */
  get beside(): number {
    return Math.max(0, Math.min(this.#atOnce, this.#missing) - 1);
  }

  /** The strategies that are still to come, in order. */
  get toCome(): string[] {
    const left = this.#runs.filter((run) => !this.#done.has(run) && run.strategy !== this.#current?.strategy);
    return [...new Set(left.map(({ strategy }) => strategy))];
  }

  /** Such as `[3/12] er, seed 2026`. */
  nameOf({ strategy, seed }: Pick<Run, 'strategy' | 'seed'>): string {
    const index = this.#runs.findIndex((run) => run.strategy === strategy && run.seed === seed);
    return `[${index + 1}/${this.#runs.length}] ${strategy}, seed ${seed}`;
  }

  reused(run: Pick<Run, 'strategy' | 'seed'>): void {
    this.#before += this.#finish(run);
  }

  /** The missing runs of a method begin, `atOnce` of them at the same time. */
  method(missing: number, atOnce: number): void {
    this.#missing = missing;
    this.#atOnce = atOnce;
  }

  event(event: RunEvent): void {
    if (event.type === 'start') {
      this.#started ??= this.#now();
      this.#current = this.#find(event.config) ?? event.config;
      this.#progress = new RunProgress(event.config);
    } else if (event.type === 'end') {
      this.#finish(event.result.config);
      this.#missing -= 1;
    } else {
      this.#progress?.event(event);
    }
  }

  /** Of all runs, from 0 to 1. */
  get done(): number {
    const all = this.#runs.reduce((sum, run) => sum + workOf(run), 0);
    return all === 0 ? 1 : this.#workDone() / all;
  }

  /** At the speed so far; undefined before anything can be told. */
  get secondsLeft(): number | undefined {
    if (this.#started === undefined) return undefined;
    const done = this.#workDone() - this.#before;
    const all = this.#runs.reduce((sum, run) => sum + workOf(run), 0);
    if (done <= 0) return undefined;
    return (((this.#now() - this.#started) / 1000) * (all - this.#workDone())) / done;
  }

  /** Those that train beside the one that is told of are taken to be as far as it is. */
  #workDone(): number {
    const whole = [...this.#done].reduce((sum, run) => sum + workOf(run), 0);
    if (!this.#current || this.#done.has(this.#current)) return whole;
    return whole + workOf(this.#current) * (this.#progress?.done ?? 0) * (1 + this.beside);
  }

  #find({ strategy, seed }: Pick<Run, 'strategy' | 'seed'>): Run | undefined {
    return this.#runs.find((run) => run.strategy === strategy && run.seed === seed);
  }

  /** Returns its work. */
  #finish(config: Pick<Run, 'strategy' | 'seed'>): number {
    const run = this.#find(config);
    if (run) this.#done.add(run);
    return run ? workOf(run) : 0;
  }
}

/** Steps, or epochs over one task's images. Joint training has those of all tasks so far in each epoch. */
function workOf({ strategy, tasks, epochs = 1, iterations }: Run): number {
  if (iterations !== undefined) return iterations * tasks;
  return epochs * tasks * (strategyNamed(strategy)?.role === 'upper bound' ? (tasks + 1) / 2 : 1);
}
