import { count } from '../../base/count.js';
import { codeOf } from '../../base/errors.js';
import type { ExperimentConfig } from '../../config/types.js';
import { comparisonLines } from '../../report/text/comparison-live.js';
import { ComparisonProgress } from '../../report/text/comparison-progress.js';
import { duration } from '../../report/text/text.js';
import type { RunEvent, RunResult } from '../../runs/types.js';
import { LiveText } from './live-text.js';
import { RunOutput } from './run-output.js';
import { colorsFor, fitted, isLiveBeside } from './terminal.js';

/** Errors that the same command would meet again. */
const FAILS_AGAIN: readonly string[] = [
  'CONFIG_INVALID',
  'FILE_DAMAGED',
  'FILE_MISMATCH',
  'FILE_TOO_NEW',
  'FILE_TOO_OLD',
];

interface Configured {
  readonly config: ExperimentConfig;
  /** What it is called in place of its strategy. */
  readonly label?: string;
}

/**
 * Tells a comparison as it goes, on standard error, which leaves standard output to the table: on a terminal a line for
 * each run that is over and the live picture below, else each run as `run` tells it.
 */
export class ComparisonOutput {
  readonly #progress: ComparisonProgress;
  readonly #quiet: boolean;
  readonly #colors = colorsFor(process.stderr);
  readonly #lines: RunOutput | undefined;
  #live: LiveText | undefined;
  #stage = 'beginning';

  constructor(planned: readonly Configured[], quiet: boolean) {
    this.#progress = new ComparisonProgress(
      planned.map(({ config }) => config),
      undefined,
      planned.map(({ config, label = config.strategy }) => label),
    );
    this.#quiet = quiet;
    const isLive = !quiet && isLiveBeside();
    this.#lines = isLive ? undefined : new RunOutput({ json: true, quiet });
  }

  reused({ config }: Configured): void {
    this.#progress.reused(config);
    this.#note(`${this.#progress.nameOf(config)}: done before`);
  }

  /** What is done now, before a run trains. */
  stage(text: string): void {
    this.#stage = text;
    this.#draw();
  }

  /** What a run tells as it happens, beside others. */
  watch(run: ExperimentConfig | undefined, event: RunEvent): void {
    if (run) this.#progress.watch(run, event);
    if (this.#progress.current) this.#draw();
  }

  /** What a run tells in its turn. */
  event(event: RunEvent): void {
    if (event.type === 'start') this.#progress.turnTo(event.config);
    if (this.#lines) {
      if (event.type === 'start') this.#note(this.#progress.nameOf(event.config));
      this.#lines.event(event);
    } else if (event.type === 'end') {
      this.#note(`${this.#progress.nameOf(event.result.config)}: ${outcomeOf(event.result)}`);
    } else if (event.type === 'start') {
      this.#draw(); // of the new run; what it tells later is drawn as it happens
    }
  }

  /** Takes the live picture away. */
  end(): void {
    this.#live?.end();
    this.#live = undefined;
  }

  /** What is done, and whether the same command goes on: not after a configuration that cannot work, nor before any run. */
  stopped(error: unknown, isInterrupted: boolean): void {
    this.end();
    const { finished, total, hasBegun } = this.#progress;
    const word = isInterrupted ? 'Interrupted' : 'Stopped';
    if (total > 0 && finished === total) {
      this.#note(`All ${count(total, 'run')} are done and kept; the same command writes the comparison.`);
    } else if (hasBegun) {
      const goesOn = isInterrupted || !FAILS_AGAIN.includes(codeOf(error) ?? '');
      const then = goesOn ? 'the same command goes on from here.' : 'what is done is kept.';
      this.#note(`${word} after ${finished} of ${count(total, 'run')}; ${then}`);
    } else if (isInterrupted) {
      this.#note('Interrupted before a run began.');
    }
  }

  #note(text: string): void {
    if (this.#quiet) return;
    const write = (): void => void process.stderr.write(`${fitted(text, process.stderr)}\n`);
    if (this.#live) this.#live.above(write);
    else write();
  }

  #draw(): void {
    if (this.#lines) return;
    this.#live ??= new LiveText();
    this.#live.show((columns) => comparisonLines(this.#progress, this.#stage, columns, this.#colors));
  }
}

/** A run in half a line. */
function outcomeOf({ status, diverged, metrics, taskMeans, seconds }: RunResult): string {
  if (diverged) return `diverged in task ${diverged.task}, ${duration(seconds.total)}`;
  const forgetting =
    metrics?.forgetting == null ? '' : `, forgetting ${metrics.forgetting.toFixed(2)} points`;
  const word = status === 'completed' ? '' : `${status}, `;
  return `${word}${(taskMeans.at(-1) ?? Number.NaN).toFixed(2)} % after the last task${forgetting}, ${duration(seconds.total)}`;
}
