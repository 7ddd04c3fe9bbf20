import { taskMean } from '../../metrics/index.js';
import type { RunResult } from '../../runs/types.js';
import { imagesOf } from '../text/images.js';
import { orderedColor } from './colors.js';
import { endLabels, labelRoom } from './end-labels.js';
import type { Figure } from './figure.js';
import { pathTable } from './path-table.js';
import { areNamed, MOST_SEARCHES_NAMED, taskScale } from './task-lines.js';
import { stepAxis } from './ticks.js';

/** The way of lambda to the equilibrium point after each task; null for a method that seeks none, or found none. */
export function lambdaFigure({ taskReports, accuracy, config }: RunResult): Figure | null {
  const found = taskReports.flatMap(({ equilibriumPoint }, task) =>
    equilibriumPoint ? [{ task, ...equilibriumPoint }] : [],
  );
  const [first] = found;
  if (!first || !found.some(({ path }) => Number.isFinite(path.at(-1)))) return null;
  const color = (task: number): string => orderedColor(task, taskReports.length);
  const points = found.flatMap(({ task, path }) => path.map((lambda, step) => ({ task, step, lambda })));
  const ends = found.map(({ task, path }) => ({
    task,
    step: path.length - 1,
    lambda: path.at(-1) ?? Number.NaN,
  }));
  const steps = Math.max(1, ...ends.map(({ step }) => step));
  const names = ends.map(({ task, lambda }) => ({ value: lambda, text: `task ${task}`, color: color(task) }));
  return {
    id: 'lambda',
    title: 'The way to the equilibrium point',
    caption: 'λ step by step, a line for each task: 0 is the network before the task, 1 the one after it.',
    description: ends
      .map(({ task, lambda }) => `Task ${task} ends at lambda ${lambda.toFixed(2)}.`)
      .join(' '),
    scale: taskScale(first.task, taskReports.length, MOST_SEARCHES_NAMED),
    plot: (plot, size) => {
      const { narrow } = size;
      const named = areNamed(found.length, size, MOST_SEARCHES_NAMED) ? names : [];
      return {
        height: narrow ? 230 : 300,
        marginLeft: 44,
        marginRight: Math.max(20, labelRoom(named)),
        x: stepAxis(steps, narrow),
        y: { label: 'λ', grid: true, nice: true, zero: true },
        color: { type: 'identity' },
        marks: [
          plot.ruleY([0, 1], { stroke: 'var(--soft)', strokeDasharray: '2 3' }),
          plot.line(points, {
            x: 'step',
            y: 'lambda',
            z: 'task',
            stroke: ({ task }: { task: number }) => color(task),
            strokeWidth: 2,
          }),
          plot.dot(ends, {
            x: 'step',
            y: 'lambda',
            r: 3.5,
            fill: ({ task }: { task: number }) => color(task),
            title: ({ task, lambda }: { task: number; lambda: number }) =>
              `task ${task}: λ = ${lambda.toFixed(3)}`,
          }),
          endLabels(plot, named),
        ],
      };
    },
    table: {
      caption:
        'Equilibrium point: loss on the memory at λ = 0, at 1 and at the λ found; mean accuracy by the move',
      name: 'equilibrium-point',
      columns: [
        { label: 'task' },
        { label: 'λ found', digits: 3 },
        { label: 'loss at 0', digits: 4 },
        { label: 'loss at 1', digits: 4 },
        { label: 'loss at λ', digits: 4 },
        { label: 'mean before', unit: `% of ${imagesOf(config)}`, digits: 2 },
        { label: 'mean after', unit: `% of ${imagesOf(config)}`, digits: 2 },
      ],
      rows: found.map(({ task, path, lossOld, lossNew, loss, accuracyBefore }) => [
        String(task),
        path.at(-1) ?? null,
        lossOld,
        lossNew,
        loss,
        taskMean(accuracyBefore),
        taskMean(accuracy[task] ?? []),
      ]),
    },
    moreTables: [pathTable({ caption: 'λ after each step', name: 'lambda-path', first: 0 }, found)],
  };
}
