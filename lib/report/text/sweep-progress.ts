import type { Colors } from 'picocolors/types.js';
import { count } from '../../base/count.js';
import type { RunEvent } from '../../runs/types.js';
import { withBars } from './live.js';
import { RunProgress } from './run-progress.js';
import { duration } from './text.js';

/** Running runs that have a line of their own. */
const MOST_LINES = 8;

/** How far a sweep is that this process works on, from what it tells. */
export class SweepProgress {
  readonly #now: () => number;
  readonly #started: number;
  readonly #running = new Map<string, RunProgress>();
  /** Runs that are over. One that pauses at a rung and is gone on with counts once. */
  readonly #over = new Set<string>();
  readonly #failed = new Set<string>();
  #total = 0;
  /** Of those that are over, how many were so before. */
  #before: number | undefined;

  /** @param now - Milliseconds of a clock that does not go back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#started = now();
  }

  /** So many runs there are in all, of which these are over. */
  known(total: number, over: readonly string[]): void {
    this.#total = total;
    for (const name of over) this.#over.add(name);
    this.#before ??= this.#over.size;
  }

  get total(): number {
    return this.#total;
  }

  /** Runs that are over, those done before among them. */
  get over(): number {
    return this.#over.size;
  }

  event(name: string, event: RunEvent): void {
    if (event.type === 'start') this.#running.set(name, new RunProgress(event.config));
    else if (event.type === 'end') this.#end(name);
    else this.#running.get(name)?.event(event);
  }

  failed(name: string): void {
    this.#failed.add(name);
    this.#end(name);
  }

  /** At the speed so far; undefined before anything can be told. */
  get secondsLeft(): number | undefined {
    const partly = [...this.#running.values()].reduce((sum, { done }) => sum + done, 0);
    const done = this.over - (this.#before ?? 0) + partly;
    const left = this.#total - this.over - partly;
    return done < 0.05 ? undefined : (((this.#now() - this.#started) / 1000) * left) / done;
  }

  /** The live picture: one empty line, a line with a bar for each run under way, and one for all. */
  lines(columns: number, colors: Colors): string {
    const running = [...this.#running];
    const shown = running.slice(0, MOST_LINES).map(([name, { done, task, tasks }]) => ({
      label: `▸ ${name}`,
      done,
      after: [`task ${task} (of ${tasks})`],
    }));
    const left = this.secondsLeft === undefined ? [] : [`${duration(this.secondsLeft)} left`];
    const failed = this.#failed.size === 0 ? [] : [`${this.#failed.size} failed`];
    const label = `  ${this.over} of ${count(this.#total, 'run')}`;
    const done = this.#total === 0 ? 0 : this.over / this.#total;
    const all = { label, done, after: [...failed, ...left] };
    const more = running.length > MOST_LINES ? [colors.dim(`  and ${running.length - MOST_LINES} more`)] : [];
    const bars = withBars([...shown, all], columns, colors);
    return ['', ...bars.slice(0, -1), ...more, ...bars.slice(-1)].join('\n');
  }

  #end(name: string): void {
    this.#running.delete(name);
    this.#over.add(name);
  }
}
