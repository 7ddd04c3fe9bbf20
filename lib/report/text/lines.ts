import { taskMean } from '../../metrics/index.js';
import type { RunEvent, RunResult } from '../../runs/types.js';
import { DIVERGENCE_REMEDY, type Divergence, divergenceText } from '../../training/divergence.js';
import { decimal } from './text.js';

/** A finished task as the reference implementation prints it; accuracies in percent. */
export function taskLine({ task, accuracy, mean }: Extract<RunEvent, { type: 'task' }>): string {
  return `Task ${task}: Task Acc = ${list(accuracy)}, AVG = ${decimal(mean)}`;
}

/** The listing's last line: the mean after each task and their mean, in percent; a dash where there is none. */
export function averageLine({ taskMeans, average }: RunResult): string {
  return `Task AVG Acc: ${list(taskMeans)}, AVG = ${average === null ? '–' : decimal(average)}`;
}

function list(values: readonly number[]): string {
  return `[${values.map(decimal).join(', ')}]`;
}

/**
 * What a strategy told of a task beside its accuracies, in words for who has not read its article: a line for the
 * direction and one for the equilibrium point; empty when that is nothing.
 */
export function reportLines({ accuracy, report }: Extract<RunEvent, { type: 'task' }>): string[] {
  const { direction, deviation, equilibriumPoint } = report;
  const parts: string[] = [];
  if (direction && direction.objectiveFirst !== null && direction.objectiveLast !== null) {
    const { objectiveFirst, objectiveLast } = direction;
    parts.push(`memory loss along it ${objectiveFirst.toFixed(3)} → ${objectiveLast.toFixed(3)}`);
  }
  if (deviation !== null) parts.push(`weights left it by ${deviation.toFixed(2)}`);
  const lines = parts.length > 0 ? [`direction: ${parts.join('; ')}`] : [];
  if (equilibriumPoint) {
    const share = 100 * (equilibriumPoint.path.at(-1) ?? Number.NaN);
    const means = [equilibriumPoint.accuracyBefore, accuracy].map((row) => decimal(taskMean(row)));
    lines.push(
      `equilibrium point: ${share.toFixed(0)} % of the way to the new weights; mean ${means.join(' → ')}`,
    );
  }
  return lines;
}

/** That a run has diverged, and what to do. */
export function divergenceLine(divergence: Divergence): string {
  return `warning: ${divergenceText(divergence)} ${DIVERGENCE_REMEDY}`;
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
