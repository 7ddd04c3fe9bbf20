import type { RunResult } from '../../runs/types.js';
import { orderedColor } from './colors.js';
import { cellText } from './data-table.js';
import { endLabels, labelRoom } from './end-labels.js';
import type { Figure } from './figure.js';
import { pathTable } from './path-table.js';
import { areNamed, MOST_SEARCHES_NAMED, taskScale } from './task-lines.js';
import { stepAxis } from './ticks.js';

/** The objective while each direction was sought; null for a method that seeks none, or found no finite number. */
export function directionFigure({ taskReports }: RunResult): Figure | null {
  const searches = taskReports.flatMap(({ direction, deviation }, task) =>
    direction && direction.objectiveFirst !== null && direction.objectiveLast !== null
      ? [
          {
            task,
            first: direction.objectiveFirst,
            last: direction.objectiveLast,
            path: direction.path,
            deviation,
          },
        ]
      : [],
  );
  const [first] = searches;
  if (!first || !searches.some(({ path }) => path.some(Number.isFinite))) return null;
  const color = ({ task }: { task: number }): string => orderedColor(task, taskReports.length);
  const points = searches.flatMap(({ task, path }) => path.map((value, step) => ({ task, step, value })));
  // Before the first step and after the last one, on the whole memory.
  const ends = searches.flatMap(({ task, path, first: before, last: after }) => [
    { task, step: 0, value: before, fill: 'var(--card)' },
    { task, step: path.length, value: after, fill: color({ task }) },
  ]);
  const steps = Math.max(1, ...searches.map(({ path }) => path.length));
  const names = searches.map(({ task, last: value }) => ({
    value,
    text: `task ${task}`,
    color: color({ task }),
  }));
  return {
    id: 'direction',
    title: 'Search of the direction',
    caption:
      'Objective g(ν), a line for each task: step by step on a batch of the memory; on the whole memory before ' +
      '(hollow) and after (filled).',
    description: searches
      .map(
        ({ task, first: before, last: after }) =>
          `Task ${task}: from ${cellText(before, 3)} to ${cellText(after, 3)}.`,
      )
      .join(' '),
    scale: taskScale(first.task, taskReports.length, MOST_SEARCHES_NAMED),
    plot: (plot, size) => {
      const { narrow } = size;
      const named = areNamed(searches.length, size, MOST_SEARCHES_NAMED) ? names : [];
      return {
        height: narrow ? 230 : 300,
        marginLeft: 48,
        marginRight: Math.max(20, labelRoom(named)),
        x: stepAxis(steps, narrow),
        y: { label: 'g(ν)', grid: true, nice: true },
        color: { type: 'identity' },
        marks: [
          plot.line(points, { x: 'step', y: 'value', z: 'task', stroke: color, strokeWidth: 2 }),
          plot.dot(ends, {
            x: 'step',
            y: 'value',
            r: 4,
            fill: 'fill',
            stroke: color,
            title: ({ task, value }: { task: number; value: number }) =>
              `before task ${task}: g = ${value.toFixed(4)}`,
          }),
          endLabels(plot, named),
        ],
      };
    },
    table: {
      caption: 'Objective of the direction, and how far the task then moved off it',
      name: 'direction',
      columns: [
        { label: 'task' },
        { label: 'g before', digits: 4 },
        { label: 'g after', digits: 4 },
        { label: 'off the direction', digits: 3 },
      ],
      rows: searches.map(({ task, first: before, last: after, deviation }) => [
        String(task),
        before,
        after,
        deviation,
      ]),
    },
    moreTables: [
      pathTable({ caption: "g on each step's batch", name: 'direction-path', first: 0 }, searches),
    ],
  };
}
