import { join } from 'node:path';
import type { RunEvent, RunResult } from '../experiment/types.js';
import { averageLine, reportLine, resumeLine, taskLine } from '../report/lines.js';
import { heading, summary } from '../report/summary.js';
import { accuracyTable } from '../report/table.js';
import { widthOf } from '../terminal-size.js';
import { RunDisplay } from './run-display.js';
import { colorsFor, fitted, isLive } from './terminal.js';

export interface RunOutputOptions {
  /** The result goes to standard output as JSON; the lines that people read go with the notes. */
  readonly json: boolean;
  /** No notes and no progress. */
  readonly quiet: boolean;
}

/** Tells a run as it goes: results on standard output, progress and notes on standard error. */
export class RunOutput {
  readonly #options: RunOutputOptions;
  /** On a terminal that can show one. */
  readonly #display: RunDisplay | undefined;
  #start: Extract<RunEvent, { type: 'start' }> | undefined;
  #finishedTasks = 0;
  #samples = 0;
  #trainingSeconds = 0;

  constructor(options: RunOutputOptions) {
    this.#options = options;
    this.#display = !options.json && !options.quiet && isLive() ? new RunDisplay() : undefined;
  }

  event(event: RunEvent): void {
    switch (event.type) {
      case 'start':
        this.#start = event;
        this.#finishedTasks = 0;
        this.#samples = 0;
        this.#trainingSeconds = 0;
        this.#note(heading(event));
        break;
      case 'resume':
        this.#finishedTasks = event.tasksDone;
        this.#note(resumeLine(event));
        break;
      case 'epoch':
        this.#samples += event.samplesPerSecond * event.seconds;
        this.#trainingSeconds += event.seconds;
        break;
      case 'task':
        this.#finishedTasks += 1;
        if (!this.#display) this.#taskLines(event);
        break;
    }
    this.#display?.event(event);
  }

  finished(result: RunResult): void {
    const display = this.#display;
    display?.end();
    if (!display) this.#result(averageLine(result));
    if (process.stdout.isTTY && !this.#options.json && !display?.showsMatrix) {
      this.#result(`\n${accuracyTable(result, widthOf(process.stdout), colorsFor(process.stdout))}`);
    }
    this.#note(`${display ? '\n' : ''}${summary(result, this.#samples / this.#trainingSeconds)}`);
  }

  /** After an interruption or a failure: what was finished, and where it lies. */
  stopped(word: 'Interrupted' | 'Stopped'): void {
    this.#display?.end();
    if (!this.#start) {
      if (word === 'Interrupted') process.stderr.write('Interrupted before the first task.\n');
      return;
    }
    const { tasks, out } = this.#start.config;
    const place =
      out === undefined
        ? 'Nothing was written; --out DIR keeps each finished task.'
        : `What was finished is in ${join(out, 'result.json')}; go on with: cl-torch resume ${out}`;
    process.stderr.write(`${word} after ${this.#finishedTasks} of ${tasks} tasks. ${place}\n`);
  }

  #taskLines(event: Extract<RunEvent, { type: 'task' }>): void {
    this.#result(taskLine(event));
    if (reportLine(event) !== '') this.#note(`  ${reportLine(event)}`);
  }

  #result(text: string): void {
    if (this.#options.json) this.#note(text);
    else process.stdout.write(`${text}\n`);
  }

  #note(text: string): void {
    if (!this.#options.quiet) process.stderr.write(`${fitted(text, process.stderr)}\n`);
  }
}
