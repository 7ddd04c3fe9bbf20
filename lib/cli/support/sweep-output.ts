import { SweepProgress } from '../../report/text/sweep-progress.js';
import { duration } from '../../report/text/text.js';
import type { RunEvent, RunResult } from '../../runs/types.js';
import type { RunFailure } from '../../sweep/plan/executor.js';
import { isOver, runsOf, type SweepPlan } from '../../sweep/plan/plan.js';
import type { Sweep } from '../../sweep/plan/sweep.js';
import type { SweepRun } from '../../sweep/plan/types.js';
import { LiveText } from './live-text.js';
import { colorsFor, fitted, isLiveBeside } from './terminal.js';

/** Milliseconds between two pictures at least. */
const FRAME_MS = 50;

/**
 * Tells of a sweep as it goes, on standard error: a line for each run that is over, and on a terminal the live picture
 * below.
 */
export class SweepOutput {
  readonly #progress = new SweepProgress();
  readonly #quiet: boolean;
  readonly #isLive: boolean;
  readonly #colors = colorsFor(process.stderr);
  #live: LiveText | undefined;
  #drawn = 0;
  #stage = 'beginning';

  constructor(quiet: boolean) {
    this.#quiet = quiet;
    this.#isLive = !quiet && isLiveBeside();
  }

  /** What is done now, before a run trains. */
  stage(text: string): void {
    this.#stage = text;
    this.#draw();
  }

  known(sweep: Sweep, plan: SweepPlan): void {
    const over = runsOf(plan).filter((run) => isOver(run, sweep.known(run)));
    this.#progress.known(
      plan.total,
      over.map(({ name }) => name),
    );
    this.#draw();
  }

  event({ name, until }: SweepRun, event: RunEvent): void {
    this.#progress.event(name, event);
    if (event.type === 'end') this.note(`${this.#place()} ${name}: ${outcomeOf(event.result, until)}`);
    else if (event.type === 'warning') this.note(`${name}: ${event.text}`);
    else this.#draw();
  }

  failed({ name }: SweepRun, { code, message }: RunFailure): void {
    this.#progress.failed(name);
    this.note(`${this.#place()} ${name}: failed, ${code}: ${message}`);
  }

  /** A line that stays. */
  note(text: string): void {
    if (this.#quiet) return;
    const write = (): void => void process.stderr.write(`${fitted(text, process.stderr)}\n`);
    if (this.#live) this.#live.above(write);
    else write();
  }

  /** Takes the live picture away. */
  end(): void {
    this.#live?.end();
    this.#live = undefined;
  }

  stopped(isInterrupted: boolean): void {
    this.end();
    const { over, total } = this.#progress;
    if (total === 0) return;
    this.note(
      `${isInterrupted ? 'Interrupted' : 'Stopped'} after ${over} of ${total} runs; the same command goes on from here.`,
    );
  }

  #place(): string {
    return `[${this.#progress.over}/${this.#progress.total}]`;
  }

  #draw(): void {
    if (!this.#isLive || performance.now() - this.#drawn < FRAME_MS) return;
    this.#drawn = performance.now();
    this.#live ??= new LiveText();
    const { total } = this.#progress;
    this.#live.show((columns) =>
      total === 0 ? `${this.#stage} …`.slice(0, columns) : this.#progress.lines(columns, this.#colors),
    );
  }
}

/** A run in half a line. */
function outcomeOf({ diverged, taskMeans, seconds }: RunResult, until: number | null): string {
  const time = duration(seconds.total);
  if (diverged) return `diverged in task ${diverged.task}, ${time}`;
  const place = until === null ? 'after the last task' : `after ${taskMeans.length} of its tasks`;
  return `${(taskMeans.at(-1) ?? Number.NaN).toFixed(2)} % ${place}, ${time}`;
}
