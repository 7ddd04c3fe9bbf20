import { widthOf } from '../../base/terminal-size.js';
import { divergenceLine } from '../../report/text/lines.js';
import { liveLines } from '../../report/text/live.js';
import { reportLines } from '../../report/text/reported.js';
import { RunProgress } from '../../report/text/run-progress.js';
import { compactRow, matrixFits, matrixHead, matrixRow, matrixTitle } from '../../report/text/table.js';
import type { RunEvent } from '../../runs/types.js';
import { LiveText } from './live-text.js';
import { colorsFor, fitted } from './terminal.js';

type TaskEvent = Extract<RunEvent, { type: 'task' }>;

/** A run on a terminal: the accuracy matrix grows row by row, and below it is what goes on. */
export class RunDisplay {
  readonly #colors = colorsFor(process.stdout);
  #live: LiveText | undefined;
  #progress: RunProgress | undefined;
  #title = '';
  /** Whether the rows are as long as the matrix is wide. */
  #fits = true;
  #showsMatrix = true;

  /** Whether every row so far was printed whole, one below the other. */
  get showsMatrix(): boolean {
    return this.#showsMatrix;
  }

  event(event: RunEvent): void {
    if (event.type === 'start') this.#begin(event);
    else if (event.type === 'resume')
      this.#showsMatrix = false; // the rows before were printed elsewhere
    else if (event.type === 'diverged') this.#warn(divergenceLine(event));
    else if (event.type === 'task') this.#live?.above(() => this.#printRow(event));
    else if (event.type !== 'end') this.#show(event);
  }

  /** Takes the live text away; the rows stay. */
  end(): void {
    this.#live?.end();
    this.#live = undefined;
  }

  #begin({ config }: Extract<RunEvent, { type: 'start' }>): void {
    this.end();
    this.#progress = new RunProgress(config);
    this.#title = matrixTitle(config);
    this.#fits = matrixFits(config.tasks, widthOf(process.stdout));
    this.#showsMatrix = this.#fits;
  }

  #show(event: RunEvent): void {
    const progress = this.#progress;
    if (!progress) return;
    if (!this.#live) {
      process.stdout.write(`\n${this.#title}\n${this.#fits ? `${matrixHead(progress.tasks)}\n` : ''}`);
      this.#live = new LiveText();
    }
    progress.event(event);
    this.#live.show((columns) => liveLines(progress, columns, this.#colors));
  }

  #warn(text: string): void {
    const warn = (): void => {
      process.stderr.write(`${this.#colors.yellow(fitted(text, process.stderr))}\n`);
    };
    if (this.#live) this.#live.above(warn);
    else warn();
  }

  #printRow(event: TaskEvent): void {
    const columns = widthOf(process.stdout);
    this.#fits &&= matrixFits(event.tasks, columns);
    this.#showsMatrix &&= this.#fits;
    const row = this.#fits ? matrixRow(event, this.#colors) : compactRow(event, columns, this.#colors);
    process.stdout.write(`${row}\n`);
    for (const line of reportLines(event)) {
      process.stderr.write(`${this.#colors.dim(fitted(`  ${line}`, process.stderr))}\n`);
    }
  }
}
