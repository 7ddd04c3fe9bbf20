import type { ExperimentConfig } from '../../config/types.js';
import type { RunEvent } from '../../runs/types.js';
import { strategyNamed } from '../../strategies/index.js';
import { RunProgress } from './run-progress.js';

type Run = Pick<ExperimentConfig, 'strategy' | 'seed' | 'tasks' | 'epochs' | 'iterations' | 'out'>;

/** What tells a run from the others: its folder, or where it has none its strategy and seed. */
type Name = Pick<Run, 'strategy' | 'seed' | 'out'>;

/** How far a comparison is, from what it tells. */
export class ComparisonProgress {
  readonly #runs: readonly Run[];
  readonly #now: () => number;
  readonly #labels: readonly string[];
  readonly #done = new Set<Run>();
  /** Work of the runs that were done before. */
  #before = 0;
  #atOnce = 1;
  /** Of the runs that train side by side, as those of a method: those that are not over. */
  #missing = 0;
  #current: Run | undefined;
  #progress: RunProgress | undefined;
  #started: number | undefined;

  /**
   * @param now - Milliseconds of a clock that does not go back.
   * @param labels - What runs are called in place of their strategies, in their order.
   */
  constructor(
    runs: readonly Run[],
    now: () => number = () => performance.now(),
    labels: readonly string[] = runs.map(({ strategy }) => strategy),
  ) {
    this.#runs = runs;
    this.#now = now;
    this.#labels = labels;
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
  get current(): { readonly run: Run; readonly label: string; readonly progress: RunProgress } | undefined {
    if (!this.#current || !this.#progress) return undefined;
    return { run: this.#current, label: this.#labelOf(this.#current), progress: this.#progress };
  }

  /** How many runs train beside it. */
  get beside(): number {
    return Math.max(0, Math.min(this.#atOnce, this.#missing) - 1);
  }

  /** What the runs that are still to come are called, in order. */
  get toCome(): string[] {
    const current = this.#current && this.#labelOf(this.#current);
    const left = this.#labels.filter(
      (label, i) => !this.#done.has(this.#runs[i] as Run) && label !== current,
    );
    return [...new Set(left)];
  }

  /** Such as `[3/12] er, seed 2026`. */
  nameOf(run: Name): string {
    return `[${this.#placeOf(run) + 1}/${this.#runs.length}] ${this.#labelOf(run)}, seed ${run.seed}`;
  }

  reused(run: Name): void {
    this.#before += this.#finish(run);
  }

  /** Missing runs begin, `atOnce` of them at the same time. */
  begin(missing: number, atOnce: number): void {
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

  #find(run: Name): Run | undefined {
    return this.#runs[this.#placeOf(run)];
  }

  #placeOf({ strategy, seed, out }: Name): number {
    return this.#runs.findIndex((run) => run.strategy === strategy && run.seed === seed && run.out === out);
  }

  #labelOf(run: Name): string {
    return this.#labels[this.#placeOf(run)] ?? run.strategy;
  }

  /** Returns its work. */
  #finish(config: Name): number {
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
