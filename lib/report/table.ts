import type { RunResult } from '../experiment/types.js';
import { roundHundredths } from '../metrics/index.js';

const LABEL_WIDTH = 'after task 00'.length;
const CELL_WIDTH = 6;
/** A larger matrix would scroll away what was printed before it. */
const MOST_TASKS = 40;

/**
 * The accuracy matrix for a terminal: a row after each training task, a column on each task's test images, and the
 * row's mean. What does not fit `columns` characters goes on in a further table below.
 */
export function accuracyTable({ accuracy, taskMeans }: RunResult, columns: number): string {
  const tasks = accuracy.length;
  if (tasks > MOST_TASKS)
    return `Accuracy matrix: ${tasks} × ${tasks}, too large to show; --out DIR keeps it`;
  const heads = [...accuracy.keys()].map((task) => `on ${task}`).concat('mean');
  const cells = accuracy.map((row, task) => [
    ...heads.slice(0, -1).map((_, measured) => percent(row[measured])),
    percent(taskMeans[task]),
  ]);
  const fitting = Math.max(1, Math.floor((columns - LABEL_WIDTH) / CELL_WIDTH));
  const tables: string[] = [];
  for (let first = 0; first < heads.length; first += fitting) {
    const lines = [heads, ...cells].map((line) => line.slice(first, first + fitting));
    tables.push(lines.map((line, i) => lineOf(i === 0 ? '' : `after task ${i - 1}`, line)).join('\n'));
  }
  return `Accuracy in percent\n${tables.join('\n\n')}`;
}

function lineOf(label: string, cells: readonly string[]): string {
  const line = label.padEnd(LABEL_WIDTH) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join('');
  return line.trimEnd();
}

/** At most five characters, so that ten tasks and their mean fit 80 columns. */
function percent(value: number | undefined): string {
  if (value === undefined) return '';
  const rounded = roundHundredths(value);
  return rounded === 100 ? '100.0' : rounded.toFixed(2);
}
