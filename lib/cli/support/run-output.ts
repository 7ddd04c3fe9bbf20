import { join } from 'node:path';
import { widthOf } from '../../base/terminal-size.js';
import { shellWord } from '../../config/command-line.js';
import type { ExperimentConfig } from '../../config/types.js';
import { averageLine, divergenceLine, resumeLine, taskLine } from '../../report/text/lines.js';
import { reportLines } from '../../report/text/reported.js';
import { heading, headline, machine, summary } from '../../report/text/summary.js';
import { accuracyTable } from '../../report/text/table.js';
import type { RunEvent, RunResult } from '../../runs/types.js';
import { RunDisplay } from './run-display.js';
import { Stage } from './stage.js';
import { colorsFor, fitted, isLive } from './terminal.js';

export interface RunOutputOptions {
  /** The result goes to standard output as JSON; the lines that people read go with the notes. */
  readonly json: boolean;
  /** No notes and no progress. */
  readonly quiet: boolean;
  /** Where a custom strategy and a custom benchmark come from; resuming needs them again. */
  readonly ownFiles?: { readonly strategy?: string | undefined; readonly benchmark?: string | undefined };
}

/** Tells a run as it goes: results on standard output, progress and notes on standard error. */
export class RunOutput {
  readonly #options: RunOutputOptions;
  /** On a terminal that can show one. */
  readonly #display: RunDisplay | undefined;
  /** What goes on before the first task. */
  readonly #stage: Stage | undefined;
  /** The headline that was printed already. */
  #told = '';
  #start: Extract<RunEvent, { type: 'start' }> | undefined;
  #finishedTasks = 0;
  #samples = 0;
  #trainingSeconds = 0;

  constructor(options: RunOutputOptions) {
    this.#options = options;
    this.#display = !options.json && !options.quiet && isLive() ? new RunDisplay() : undefined;
    this.#stage = this.#display && new Stage();
  }

  /** Before anything is loaded: a run of this configuration begins. A log has it when it has begun. */
  begins(config: ExperimentConfig): void {
    if (!this.#display) return;
    this.#told = headline(config);
    this.#note(this.#told);
  }

  /** What is done now, while there is no task to show. */
  stage(text: string): void {
    this.#stage?.show(text);
  }

  event(event: RunEvent): void {
    switch (event.type) {
      case 'start':
        this.#start = event;
        this.#finishedTasks = 0;
        this.#samples = 0;
        this.#trainingSeconds = 0;
        this.#stage?.end();
        this.#note(this.#told === headline(event.config) ? machine(event.environment) : heading(event));
        this.#told = '';
        break;
      case 'resume':
        this.#finishedTasks = event.tasksDone;
        this.#note(resumeLine(event));
        break;
      case 'epoch':
        this.#samples += event.samplesPerSecond * event.seconds;
        this.#trainingSeconds += event.seconds;
        break;
      case 'warning':
        this.#note(`warning: ${event.text}`);
        break;
      case 'diverged':
        // Told in spite of --quiet: what follows is no training any more.
        if (!this.#display) process.stderr.write(`${fitted(this.#divergence(event), process.stderr)}\n`);
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
    this.#stage?.end();
    this.#display?.end();
    if (!this.#start) {
      if (word === 'Interrupted') process.stderr.write('Interrupted before the first task.\n');
      return;
    }
    const { tasks, out } = this.#start.config;
    const { strategy, benchmark } = this.#options.ownFiles ?? {};
    const files = Object.entries({ strategy, benchmark }).filter(([, file]) => file !== undefined);
    const again = files.map(([key, file]) => ` --${key} ${shellWord(file ?? '')}`).join('');
    const place =
      out === undefined
        ? 'Nothing was written; --out DIR keeps each finished task.'
        : `What was finished is in ${join(out, 'result.json')}; go on with: cl-torch resume ${shellWord(out)}${again}`;
    process.stderr.write(`${word} after ${this.#finishedTasks} of ${tasks} tasks. ${place}\n`);
  }

  /** Where nothing else is printed it names the run: there may be several. */
  #divergence(event: Extract<RunEvent, { type: 'diverged' }>): string {
    const name = this.#start && `${this.#start.strategy}, seed ${this.#start.config.seed}`;
    return `${divergenceLine(event)}${this.#options.quiet && name ? ` This is ${name}.` : ''}`;
  }

  #taskLines(event: Extract<RunEvent, { type: 'task' }>): void {
    this.#result(taskLine(event));
    for (const line of reportLines(event)) this.#note(`  ${line}`);
  }

  #result(text: string): void {
    if (this.#options.json) this.#note(text);
    else process.stdout.write(`${text}\n`);
  }

  #note(text: string): void {
    if (!this.#options.quiet) process.stderr.write(`${fitted(text, process.stderr)}\n`);
  }
}
