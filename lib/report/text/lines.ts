import { count } from '../../base/count.js';
import type { RunEvent, RunResult } from '../../runs/types.js';
import { type DivergenceAdvice, divergenceRemedy, divergenceText } from '../../training/divergence.js';
import { decimal } from './text.js';

/** A finished task as the reference implementation prints it; accuracies in percent. */
export function taskLine({ task, accuracy, mean }: Extract<RunEvent, { type: 'task' }>): string {
  return `Task ${task}: Task Acc = ${list(accuracy)}, AVG = ${decimal(mean)}`;
}

/** The reference implementation's last line: the mean after each task and their mean, in percent; a dash where there is none. */
export function averageLine({ taskMeans, average }: RunResult): string {
  return `Task AVG Acc: ${list(taskMeans)}, AVG = ${average === null ? '–' : decimal(average)}`;
}

function list(values: readonly number[]): string {
  return `[${values.map(decimal).join(', ')}]`;
}

/** That a run has diverged, and what to do. */
export function divergenceLine(divergence: DivergenceAdvice): string {
  return `warning: ${divergenceText(divergence)} ${divergenceRemedy(divergence)}`;
}

/** Where a resumed run goes on; and, in a second line, what may change its bits. */
export function resumeLine({
  tasksDone,
  epochsDone,
  changed,
}: Extract<RunEvent, { type: 'resume' }>): string {
  const inside = epochsDone === 0 ? '' : `, and ${count(epochsDone, 'epoch')} of the next`;
  const warning = `\nNot the machine that it began on: ${changed.join(', ')}. Its results may differ from here on.`;
  return `Resumed: ${count(tasksDone, 'task')} done${inside}.${changed.length > 0 ? warning : ''}`;
}
