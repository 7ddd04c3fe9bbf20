import type { RunResult } from '../../experiment/types.js';
import { orderedColor } from './colors.js';
import { cellText } from './data-table.js';
import type { Figure } from './figure.js';
import { pathTable } from './path-table.js';

/** The objective while each direction was sought; null for a method that seeks none. */
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
  const [first, last] = [searches[0], searches.at(-1)];
  if (!first || !last) return null;
  const color = ({ task }: { task: number }): string => orderedColor(task, taskReports.length);
  const points = searches.flatMap(({ task, path }) => path.map((value, step) => ({ task, step, value })));
  // Before the first step and after the last one, on the whole memory.
  const ends = searches.flatMap(({ task, path, first: before, last: after }) => [
    { task, step: 0, value: before, fill: 'var(--card)' },
    { task, step: path.length, value: after, fill: color({ task }) },
  ]);
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
    legend: [
      { label: `task ${first.task}`, color: color(first) },
      ...(last === first ? [] : [{ label: `task ${last.task}`, color: color(last) }]),
    ],
    plot: (plot, { narrow }) => ({
      height: narrow ? 220 : 280,
      marginLeft: 48,
      x: { label: 'step', tickFormat: 'd', ticks: narrow ? 5 : 8 },
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
      ],
    }),
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
