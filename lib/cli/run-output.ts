import { join } from 'node:path';
import type { RunEvent, RunResult } from '../experiment/types.js';
import { averageLine, reportLine, taskLine } from '../report/lines.js';
import { progressLines, searchLines } from '../report/progress.js';
import { heading, summary } from '../report/summary.js';
import { accuracyTable } from '../report/table.js';
import { LiveText } from './live-text.js';

export interface RunOutputOptions {
  /** The result goes to standard output as JSON; the lines that people read go with the notes. */
  readonly json: boolean;
  /** No notes and no progress. */
  readonly quiet: boolean;
}

/** Tells a run as it goes: results on standard output, progress and notes on standard error. */
export class RunOutput {
  readonly #options: RunOutputOptions;
  readonly #onTerminal = process.stdout.isTTY && process.env.TERM !== 'dumb';
  readonly #live: LiveText | undefined;
  #start: Extract<RunEvent, { type: 'start' }> | undefined;
  #finishedTasks = 0;
  #samples = 0;
  #trainingSeconds = 0;

  constructor(options: RunOutputOptions) {
    this.#options = options;
    const live = this.#onTerminal && process.stderr.isTTY && !options.json && !options.quiet;
    this.#live = live ? new LiveText() : undefined;
  }

  event(event: RunEvent): void {
    switch (event.type) {
      case 'start':
        this.#start = event;
        this.#note(heading(event));
        break;
      case 'progress':
        if (this.#live && this.#start) {
          this.#live.show(progressLines(event, this.#start.config, this.#live.columns - 1));
        }
        break;
      case 'search':
        if (this.#live && this.#start) {
          this.#live.show(searchLines(event, this.#start.config, this.#live.columns - 1));
        }
        break;
      case 'epoch':
        this.#samples += event.samplesPerSecond * event.seconds;
        this.#trainingSeconds += event.seconds;
        break;
      case 'task':
        this.#finishedTasks += 1;
        this.#result(taskLine(event));
        if (reportLine(event) !== '') this.#note(`  ${reportLine(event)}`);
        break;
    }
  }

  finished(result: RunResult): void {
    this.#live?.end();
    this.#result(averageLine(result));
    if (this.#options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else if (this.#onTerminal) this.#result(`\n${accuracyTable(result, process.stdout.columns || 80)}\n`);
    this.#note(summary(result, this.#samples / this.#trainingSeconds));
  }

  /** After an interruption or a failure: what was finished, and where it lies. */
  stopped(word: 'Interrupted' | 'Stopped'): void {
    this.#live?.end();
    if (!this.#start) {
      if (word === 'Interrupted') process.stderr.write('Interrupted before the first task.\n');
      return;
    }
    const { tasks, out } = this.#start.config;
    const place =
      out === undefined
        ? 'Nothing was written; --out DIR keeps each finished task.'
        : `What was finished is in ${join(out, 'result.json')}.`;
    process.stderr.write(`${word} after ${this.#finishedTasks} of ${tasks} tasks. ${place}\n`);
  }

  #result(text: string): void {
    if (this.#options.json) this.#note(text);
    else this.#aboveLive(() => process.stdout.write(`${text}\n`));
  }

  #note(text: string): void {
    if (!this.#options.quiet) this.#aboveLive(() => process.stderr.write(`${text}\n`));
  }

  #aboveLive(write: () => void): void {
    if (this.#live) this.#live.above(write);
    else write();
  }
}
