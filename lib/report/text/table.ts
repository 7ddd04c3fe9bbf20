import type { Colors } from 'picocolors/types.js';
import { roundHundredths } from '../../metrics/index.js';
import type { RunResult } from '../../runs/types.js';
import { imagesOf } from './images.js';

const LABEL_WIDTH = 'after task 00'.length;
const CELL_WIDTH = 6;
const SHORT_CELL_WIDTH = 4;
/** A larger matrix would scroll away what was printed before it. */
const MOST_TASKS = 40;

/**
 * The accuracy matrix for a terminal: a row after each training task, a column for each task asked, and the
 * row's mean. What does not fit `columns` characters goes on in a further table below.
 */
export function accuracyTable(
  { accuracy, taskMeans, config }: RunResult,
  columns: number,
  colors: Colors,
): string {
  const tasks = accuracy.length;
  if (tasks > MOST_TASKS)
    return `Accuracy matrix: ${tasks} × ${tasks}, too large to show; --out DIR keeps it`;
  const heads = headsOf(tasks);
  const cells = accuracy.map((row, task) => cellsOf(row, taskMeans[task] ?? Number.NaN, tasks, colors));
  const fitting = Math.max(1, Math.floor((columns - LABEL_WIDTH) / CELL_WIDTH));
  const tables: string[] = [];
  for (let first = 0; first < heads.length; first += fitting) {
    const lines = [heads, ...cells].map((line) => line.slice(first, first + fitting));
    tables.push(lines.map((line, i) => lineOf(i === 0 ? '' : `after task ${i - 1}`, line)).join('\n'));
  }
  return `${matrixTitle(config)}\n${tables.join('\n\n')}`;
}

/** Whether the matrix of so many tasks fits `columns` characters, so that it can be printed row by row. */
export function matrixFits(tasks: number, columns: number): boolean {
  return LABEL_WIDTH + (tasks + 1) * CELL_WIDTH <= columns;
}

/** What stands above the matrix. */
export function matrixTitle(config: Parameters<typeof imagesOf>[0]): string {
  return `Accuracy in percent of the ${imagesOf(config)}`;
}

/** The heads of a matrix that is printed row by row. */
export function matrixHead(tasks: number): string {
  return lineOf('', headsOf(tasks));
}

/** One row of it, after learning `task`. */
export function matrixRow({ task, accuracy, mean, tasks }: MatrixRow, colors: Colors): string {
  return lineOf(`after task ${task}`, cellsOf(accuracy, mean, tasks, colors));
}

export interface MatrixRow {
  readonly task: number;
  /** Percent right on tasks 0…task. */
  readonly accuracy: readonly number[];
  readonly mean: number;
  readonly tasks: number;
}

/**
 * A row in whole percents, for a terminal that the matrix does not fit; it goes on in the next line where it must.
 * Of very many tasks there is the mean alone.
 */
export function compactRow({ task, accuracy, mean }: MatrixRow, columns: number, colors: Colors): string {
  const measured = accuracy.length > MOST_TASKS ? [] : accuracy;
  const cells = measured.map((value) =>
    painted(Math.round(value).toFixed(0).padStart(SHORT_CELL_WIDTH), value, colors),
  );
  const fitting = Math.max(1, Math.floor(columns / SHORT_CELL_WIDTH));
  const lines = [`task ${task}: mean ${painted(percent(mean), mean, colors)}`];
  for (let first = 0; first < cells.length; first += fitting) {
    lines.push(cells.slice(first, first + fitting).join(''));
  }
  return lines.join('\n');
}

function headsOf(tasks: number): string[] {
  const names = Array.from({ length: tasks }, (_, task) => `on ${task}`).concat('mean');
  return names.map((name) => name.padStart(CELL_WIDTH));
}

function cellsOf(row: readonly number[], mean: number, tasks: number, colors: Colors): string[] {
  const measured = Array.from({ length: tasks }, (_, task) => row[task]);
  return [...measured, mean].map((value) => painted(percent(value).padStart(CELL_WIDTH), value, colors));
}

function lineOf(label: string, cells: readonly string[]): string {
  return (label.padEnd(LABEL_WIDTH) + cells.join('')).trimEnd();
}

/** At most five characters, so that ten tasks and their mean fit 80 columns. */
function percent(value: number | undefined): string {
  if (value === undefined) return '';
  const rounded = roundHundredths(value);
  return rounded === 100 ? '100.0' : rounded.toFixed(2);
}

/** The better, the cooler; the number is there for who cannot tell the colours apart. */
function painted(text: string, value: number | undefined, { green, cyan, yellow, red }: Colors): string {
  if (value === undefined) return text;
  if (value >= 90) return green(text);
  if (value >= 75) return cyan(text);
  return value >= 50 ? yellow(text) : red(text);
}
