import type { RunEvent, RunResult } from '../experiment/types.js';
import { decimal } from './text.js';

/** A finished task as the article's listing prints it; accuracies in percent. */
export function taskLine({ task, accuracy, mean }: Extract<RunEvent, { type: 'task' }>): string {
  return `Task ${task}: Task Acc = ${list(accuracy)}, AVG = ${decimal(mean)}`;
}

/** The listing's last line: the mean after each task and their mean, in percent. */
export function averageLine({ taskMeans, average }: RunResult): string {
  return `Task AVG Acc: ${list(taskMeans)}, AVG = ${decimal(average ?? Number.NaN)}`;
}

function list(values: readonly number[]): string {
  return `[${values.map(decimal).join(', ')}]`;
}
