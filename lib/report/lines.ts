import type { RunEvent, RunResult } from '../experiment/types.js';
import { taskMean } from '../metrics/index.js';
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

/** What a strategy told of a task beside its accuracies, in a line; empty when that is nothing. */
export function reportLine({ accuracy, report }: Extract<RunEvent, { type: 'task' }>): string {
  const { direction, deviation, equilibriumPoint } = report;
  const parts: string[] = [];
  if (direction && direction.objectiveFirst !== null && direction.objectiveLast !== null) {
    const { objectiveFirst, objectiveLast } = direction;
    parts.push(`g ${objectiveFirst.toFixed(3)} → ${objectiveLast.toFixed(3)}`);
  }
  if (deviation !== null) parts.push(`off the direction ${deviation.toFixed(2)}`);
  if (equilibriumPoint) {
    const lambda = equilibriumPoint.path.at(-1) ?? Number.NaN;
    const means = [equilibriumPoint.accuracyBefore, accuracy].map((row) => decimal(taskMean(row)));
    parts.push(`lambda ${lambda.toFixed(2)}: mean ${means.join(' → ')}`);
  }
  return parts.join('; ');
}

/** Where a resumed run goes on; and, in a second line, what may change its digits. */
export function resumeLine({
  tasksDone,
  epochsDone,
  changed,
}: Extract<RunEvent, { type: 'resume' }>): string {
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const inside = epochsDone === 0 ? '' : `, and ${count(epochsDone, 'epoch')} of the next`;
  const warning = `\nNot the machine that it began on: ${changed.join(', ')}. Its digits may differ from here on.`;
  return `Resumed: ${count(tasksDone, 'task')} done${inside}.${changed.length > 0 ? warning : ''}`;
}
