import type { Colors } from 'picocolors/types.js';
import type { RunEvent } from '../../runs/types.js';
import { withBars } from './live.js';
import { RunProgress } from './run-progress.js';
import { count, duration } from './text.js';

/** Running runs that have a line of their own. */
const MOST_LINES = 8;

/** How far a sweep is that this process works on, from what it tells. */
export class SweepProgress {
  readonly #now: () => number;
  readonly #started: number;
  readonly #running = new Map<string, RunProgress>();
  #total = 0;
  #before = 0;
  #done = 0;
  #failed = 0;

  /** @param now - Milliseconds of a clock that does not go back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#started = now();
  }

  /** So many runs there are in all, of which so many are over. */
  known(total: number, over: number): void {
    this.#total = total;
    if (this.#done + this.#failed === 0) this.#before = over;
    else this.#before = Math.max(this.#before, over - this.#done - this.#failed);
  }

  get total(): number {
    return this.#total;
  }

  /** Runs that are over, those done before among them. */
  get over(): number {
    return this.#before + this.#done + this.#failed;
  }

  event(name: string, event: RunEvent): void {
    if (event.type === 'start') this.#running.set(name, new RunProgress(event.config));
    else if (event.type === 'end') this.#end(name, () => (this.#done += 1));
    else this.#running.get(name)?.event(event);
  }

  failed(name: string): void {
    this.#end(name, () => (this.#failed += 1));
  }

  /** At the speed so far; undefined before anything can be told. */
  get secondsLeft(): number | undefined {
    const partly = [...this.#running.values()].reduce((sum, { done }) => sum + done, 0);
    const done = this.#done + this.#failed + partly;
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
    const failed = this.#failed === 0 ? [] : [`${this.#failed} failed`];
    const label = `  ${this.over} of ${count(this.#total, 'run')}`;
    const done = this.#total === 0 ? 0 : this.over / this.#total;
    const all = { label, done, after: [...failed, ...left] };
    const more = running.length > MOST_LINES ? [colors.dim(`  and ${running.length - MOST_LINES} more`)] : [];
    const bars = withBars([...shown, all], columns, colors);
    return ['', ...bars.slice(0, -1), ...more, ...bars.slice(-1)].join('\n');
  }

  #end(name: string, countIt: () => void): void {
    this.#running.delete(name);
    countIt();
  }
}
