import type { RunResult } from '../../experiment/types.js';
import { forgettingByTask } from '../../metrics/index.js';
import { heatColor, heatInk, orderedColor } from './colors.js';
import { cellText } from './data-table.js';
import type { Figure } from './figure.js';

/** Cells beyond this have no number in them. */
const MOST_NUMBERS = 12;
/** A phone has room for fewer. */
const MOST_NUMBERS_NARROW = 10;

interface Point {
  readonly after: number;
  readonly on: number;
  readonly percent: number;
}

/** The accuracy matrix: how every task was known after every task. */
export function matrixFigure({ accuracy }: RunResult): Figure {
  const points = pointsOf(accuracy);
  const least = Math.min(...points.map(({ percent }) => percent));
  const floor = Math.min(90, Math.floor(least / 10) * 10);
  const share = (percent: number): number => (percent - floor) / (100 - floor);
  const numbers = accuracy.length;
  return {
    id: 'matrix',
    title: 'Accuracy matrix',
    caption: 'A row for each task just learnt, a column for each task asked: percent right.',
    description: `Heat map of ${numbers} tasks. ${finalWords(accuracy)}`,
    legend: [
      { label: `${floor} %`, color: heatColor(0) },
      { label: `${(floor + 100) / 2} %`, color: heatColor(0.5) },
      { label: '100 %', color: heatColor(1) },
    ],
    plot: (plot, { narrow, width }) => {
      const left = 44;
      const cell = Math.min(46, (width - left - 4) / numbers);
      const labels = numbers <= (narrow ? MOST_NUMBERS_NARROW : MOST_NUMBERS);
      return {
        width: narrow ? width : Math.max(360, left + 4 + cell * numbers),
        height: 40 + Math.min(46, cell) * numbers,
        marginTop: 38,
        marginBottom: 2,
        marginLeft: left,
        marginRight: 4,
        padding: 0.06,
        x: {
          axis: 'top',
          label: 'asked: task',
          tickSize: 0,
          domain: [...accuracy.keys()],
          ...thinned(numbers),
        },
        y: { label: 'learnt: task', tickSize: 0, domain: [...accuracy.keys()], ...thinned(numbers) },
        marks: [
          plot.cell(points, {
            x: 'on',
            y: 'after',
            fill: ({ percent }: Point) => heatColor(share(percent)),
            title: ({ after, on, percent }: Point) =>
              `after task ${after}, on task ${on}: ${percent.toFixed(2)} %`,
            rx: 2,
          }),
          ...(labels
            ? [
                plot.text(points, {
                  x: 'on',
                  y: 'after',
                  text: ({ percent }: Point) => percent.toFixed(0),
                  fill: ({ percent }: Point) => heatInk(share(percent)),
                  fontSize: narrow ? 11 : 12,
                  pointerEvents: 'none',
                }),
              ]
            : []),
        ],
        color: { type: 'identity' },
      };
    },
    table: {
      caption: 'Percent right',
      name: 'accuracy',
      columns: [
        { label: 'after task' },
        ...accuracy.map((_, task) => ({ label: `on task ${task}`, digits: 2 })),
      ],
      rows: accuracy.map((row, task) => [
        String(task),
        ...accuracy.map((_, measured) => row[measured] ?? null),
      ]),
    },
  };
}

/** How the accuracy on each task goes as others are learnt. */
export function tasksFigure({ accuracy, taskMeans }: RunResult): Figure {
  const points = pointsOf(accuracy);
  const means = taskMeans.map((percent, after) => ({ after, percent }));
  const count = accuracy.length;
  const color = ({ on }: Point): string => orderedColor(on, count);
  return {
    id: 'tasks',
    title: 'Each task over time',
    caption:
      'A line for each task, from when it was learnt. The thick one is the mean over the tasks so far.',
    description: `Line chart of the accuracy on ${count} tasks. ${meanWords(taskMeans)}`,
    legend: [
      { label: 'task 0', color: orderedColor(0, count) },
      ...(count > 2 ? [{ label: '…', color: orderedColor(Math.floor(count / 2), count) }] : []),
      ...(count > 1 ? [{ label: `task ${count - 1}`, color: orderedColor(count - 1, count) }] : []),
      { label: 'mean', color: 'var(--ink)' },
    ],
    plot: (plot, { narrow }) => ({
      height: narrow ? 250 : 330,
      marginLeft: 40,
      marginRight: 10,
      x: { label: 'after task', ticks: ticks(count, narrow), tickFormat: 'd', domain: domainOf(count) },
      y: { label: 'percent right', grid: true, nice: true },
      color: { type: 'identity' },
      marks: [
        plot.line(points, { x: 'after', y: 'percent', z: 'on', stroke: color, strokeWidth: 1.5 }),
        plot.dot(points, {
          x: 'after',
          y: 'percent',
          fill: color,
          r: count > 30 ? 1.5 : 2.5,
          title: ({ after, on, percent }: Point) => `task ${on} after task ${after}: ${percent.toFixed(2)} %`,
        }),
        plot.line(means, { x: 'after', y: 'percent', stroke: 'var(--ink)', strokeWidth: 3 }),
      ],
    }),
    table: {
      caption: 'Mean over the tasks so far, percent right',
      name: 'means',
      columns: [{ label: 'after task' }, { label: 'mean, %', digits: 2 }],
      rows: taskMeans.map((mean, task) => [String(task), mean]),
    },
  };
}

/** What is left of each task; nothing to show for a single one. */
export function forgettingFigure({ accuracy }: RunResult): Figure {
  const values = forgettingByTask(accuracy).map((points, task) => ({ task, points }));
  return {
    id: 'forgetting',
    title: 'Forgetting of each task',
    caption:
      'The best a task ever reached before the last one was learnt, less what is left of it at the end.',
    description: `Bar chart. ${values.map(({ task, points }) => `Task ${task}: ${cellText(points, 1)} points.`).join(' ')}`,
    plot: (plot, { narrow }) => ({
      height: narrow ? 220 : 300,
      marginLeft: 40,
      x: { label: 'task', type: 'band', tickSize: 0, padding: 0.25, ...thinned(values.length) },
      y: { label: 'percentage points', grid: true, nice: true, zero: true },
      marks: [
        plot.barY(values, {
          x: 'task',
          y: 'points',
          fill: 'var(--series-0)',
          title: ({ task, points }: (typeof values)[number]) => `task ${task}: ${cellText(points, 2)} points`,
        }),
        plot.ruleY([0]),
      ],
    }),
    table: {
      caption: 'Forgetting in percentage points',
      name: 'forgetting',
      columns: [{ label: 'task' }, { label: 'forgetting, points', digits: 2 }],
      rows: values.map(({ task, points }) => [String(task), points]),
    },
  };
}

function pointsOf(accuracy: RunResult['accuracy']): Point[] {
  return accuracy.flatMap((row, after) => row.map((percent, on) => ({ after, on, percent })));
}

function finalWords(accuracy: RunResult['accuracy']): string {
  const last = accuracy.at(-1) ?? [];
  const words = last.map((percent, task) => `task ${task} ${percent.toFixed(1)} percent`);
  return `At the end: ${words.join(', ')}.`;
}

function meanWords(means: readonly number[]): string {
  const [first, last] = [means[0], means.at(-1)];
  if (first === undefined || last === undefined) return '';
  return `The mean goes from ${first.toFixed(1)} to ${last.toFixed(1)} percent.`;
}

/** Whole numbers only. */
export function ticks(count: number, narrow: boolean): number[] {
  const every = Math.ceil(count / (narrow ? 8 : 14));
  return Array.from({ length: Math.ceil(count / every) }, (_, i) => i * every);
}

/** A single point has a place too. */
export function domainOf(count: number): [number, number] {
  return [0, Math.max(1, count - 1)];
}

/** Labels for at most about 15 of the bands. */
function thinned(count: number): { ticks?: number[] } {
  return count > 15 ? { ticks: ticks(count, false) } : {};
}
