import type { ExperimentConfig } from '../../config/types.js';
import type { RunEvent } from '../../runs/types.js';
import { strategyNamed } from '../../strategies/index.js';
import { RunProgress } from './run-progress.js';

type Run = Pick<ExperimentConfig, 'strategy' | 'seed' | 'tasks' | 'epochs' | 'iterations' | 'out'>;

/** What tells a run from the others: its folder, or where it has none its strategy and seed. */
type Name = Pick<Run, 'strategy' | 'seed' | 'out'>;

/** How far a comparison is, from what its runs tell, several of which may train at the same time. */
export class ComparisonProgress {
  readonly #runs: readonly Run[];
  readonly #now: () => number;
  readonly #labels: readonly string[];
  readonly #done = new Set<Run>();
  /** Of the runs that have begun, those that are over among them. */
  readonly #begun = new Map<Run, RunProgress>();
  /** Work of the runs that were done before. */
  #before = 0;
  #current: Run | undefined;
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
    const progress = this.#current && this.#begun.get(this.#current);
    return this.#current && progress && { run: this.#current, label: this.#labelOf(this.#current), progress };
  }

  /** How many runs train beside it. */
  get beside(): number {
    return this.#training().filter(([run]) => run !== this.#current).length;
  }

  /** What the runs that are still to come are called, in order, without those of whose name one trains. */
  get toCome(): string[] {
    const training = this.#training().map(([run]) => this.#labelOf(run));
    const left = this.#labels.filter((label, i) => {
      const run = this.#runs[i] as Run;
      return !this.#done.has(run) && !this.#begun.has(run) && !training.includes(label);
    });
    return [...new Set(left)];
  }

  /** Such as `[3/12] er, seed 2026`. */
  nameOf(run: Name): string {
    return `[${this.#placeOf(run) + 1}/${this.#runs.length}] ${this.#labelOf(run)}, seed ${run.seed}`;
  }

  reused(run: Name): void {
    this.#before += this.#finish(run);
  }

  /** What a run tells, as it happens. */
  watch(run: Name, event: RunEvent): void {
    const known = this.#find(run);
    if (!known) return;
    if (event.type === 'start') {
      this.#started ??= this.#now();
      this.#begun.set(known, new RunProgress(known));
    } else if (event.type === 'end') {
      this.#finish(known);
    } else {
      this.#begun.get(known)?.event(event);
    }
  }

  /** Of this run is told from now on. */
  turnTo(run: Name): void {
    this.#current = this.#find(run);
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

  #workDone(): number {
    const whole = [...this.#done].reduce((sum, run) => sum + workOf(run), 0);
    return this.#training().reduce((sum, [run, { done }]) => sum + workOf(run) * done, whole);
  }

  #training(): (readonly [Run, RunProgress])[] {
    return [...this.#begun].filter(([run]) => !this.#done.has(run));
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
