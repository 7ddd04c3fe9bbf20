import type { ExperimentConfig, LeftOut } from '../../config/types.js';
import { forgettingByTask } from '../../metrics/index.js';
import type { RunResult } from '../../runs/types.js';
import { cellText } from '../text/data-table.js';
import { imagesOf } from '../text/images.js';
import { heatColor, heatInk, orderedColor } from './colors.js';
import { endLabels, labelRoom } from './end-labels.js';
import type { Figure, Size } from './figure.js';
import { areNamed, taskScale } from './task-lines.js';
import { percentDomain, wholeTicks, zeroDomain } from './ticks.js';

/** Cells beyond this have no number in them. */
const MOST_NUMBERS = 12;
/** A phone has room for fewer. */
const MOST_NUMBERS_NARROW = 10;
const MOST_TASKS_NAMED = { wide: 20, narrow: 12 };
/** Above, beside and below the cells of the matrix. */
const [HEAD, SIDE, EDGE] = [38, 44, 4];
const LARGEST_CELL = 46;

interface Point {
  readonly after: number;
  readonly on: number;
  readonly percent: number;
}

/** The accuracy matrix: how every task was known after every task. */
export function matrixFigure({ accuracy, config }: RunResult): Figure {
  return matrix(accuracy, config, {
    id: 'matrix',
    name: 'accuracy',
    title: 'Accuracy matrix',
    caption: `${scenarioOf(config)}A row for each task just learnt, a column for each task asked: percent of its ${imagesOf(config)} that are right.`,
  });
}

/** The same of class-incremental tasks where the task of each image is told; null of others. */
export function taskAwareFigure({ accuracyTaskAware, config }: RunResult): Figure | null {
  if (!accuracyTaskAware || accuracyTaskAware.length === 0) return null;
  return matrix(accuracyTaskAware, config, {
    id: 'matrix-task-told',
    name: 'accuracy-task-told',
    title: 'Accuracy matrix, task told',
    caption: `The same where the model is told the task of each image, so that it chooses among that task's classes.`,
  });
}

type MatrixWords = Pick<Figure, 'id' | 'title' | 'caption'> & { readonly name: string };

function matrix(
  accuracy: RunResult['accuracy'],
  config: RunResult['config'],
  { id, name, title, caption }: MatrixWords,
): Figure {
  const points = pointsOf(accuracy);
  const least = Math.min(...points.map(({ percent }) => percent));
  const floor = Math.min(90, Math.floor(least / 10) * 10);
  const share = (percent: number): number => (percent - floor) / (100 - floor);
  const count = accuracy.length;
  return {
    id,
    title: `${title}, on ${imagesOf(config)}`,
    caption,
    description: `Heat map of ${count} tasks. ${finalWords(accuracy)}`,
    scale: {
      labels: [`${floor} %`, `${(floor + 100) / 2} %`, '100 %'],
      colors: [heatColor(0), heatColor(0.5), heatColor(1)],
    },
    plot: (plot, size) => {
      const { narrow, width } = size;
      const labels = count <= (narrow ? MOST_NUMBERS_NARROW : MOST_NUMBERS);
      const ticks = wholeTicks(0, count - 1, narrow ? 11 : 15);
      return {
        width,
        height: matrixHeight(count, size),
        marginTop: HEAD,
        marginBottom: EDGE,
        marginLeft: SIDE,
        marginRight: EDGE,
        padding: 0.06,
        x: { axis: 'top', label: 'asked: task', tickSize: 0, domain: [...accuracy.keys()], ticks },
        y: { label: 'learnt: task', tickSize: 0, domain: [...accuracy.keys()], ticks },
        marks: [
          plot.cell(points, {
            x: 'on',
            y: 'after',
            fill: ({ percent }: Point) => heatColor(share(percent)),
            title: ({ after, on, percent }: Point) =>
              `after task ${after}, on task ${on}: ${percent.toFixed(2)} % of the ${imagesOf(config)}`,
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
      caption: `Percent of the ${imagesOf(config)} that are right`,
      name,
      columns: [
        { label: 'after task' },
        ...accuracy.map((_, task) => ({
          label: `on task ${task}`,
          unit: `% of ${imagesOf(config)}`,
          digits: 2,
        })),
      ],
      rows: accuracy.map((row, task) => [
        String(task),
        ...accuracy.map((_, measured) => row[measured] ?? null),
      ]),
    },
  };
}

/** Cells as wide as the picture has room for; square ones, but for few tasks, whose picture is not to be higher than others. */
function matrixHeight(count: number, { width, narrow }: Size): number {
  const cell = Math.min(LARGEST_CELL, (width - SIDE - EDGE) / count);
  const usual = count === 1 ? 150 : narrow ? 170 : 290;
  return HEAD + EDGE + Math.max(cell * count, usual);
}

/** How the accuracy on each task goes as others are learnt. */
export function tasksFigure({ accuracy, taskMeans, config }: RunResult): Figure {
  const points = pointsOf(accuracy);
  const means = taskMeans.map((percent, after) => ({ after, percent }));
  const count = accuracy.length;
  const color = ({ on }: Point): string => orderedColor(on, count);
  const names = [
    ...(accuracy.at(-1) ?? []).map((value, task) => ({
      value,
      text: `task ${task}`,
      color: orderedColor(task, count),
    })),
    { value: taskMeans.at(-1) ?? Number.NaN, text: 'mean', color: 'var(--ink)' },
  ];
  return {
    id: 'tasks',
    title: `Each task over time, on ${imagesOf(config)}`,
    caption: `${scenarioOf(config)}A line for each task, from when it was learnt. The thick one is the mean over the tasks so far.`,
    description: `Line chart of the accuracy on ${count} tasks. ${meanWords(taskMeans)}`,
    scale: taskScale(0, count, MOST_TASKS_NAMED),
    plot: (plot, size) => {
      const { narrow } = size;
      const named = areNamed(count, size, MOST_TASKS_NAMED) ? names : names.slice(-1);
      return {
        height: Math.max(matrixHeight(count, size), narrow ? 250 : 0),
        marginLeft: 40,
        marginRight: labelRoom(named),
        x: {
          label: 'after task',
          ticks: wholeTicks(0, count - 1, narrow ? 7 : 12),
          tickFormat: 'd',
          domain: [0, Math.max(1, count - 1)],
        },
        y: {
          label: 'percent right',
          grid: true,
          nice: true,
          domain: percentDomain(points.map(({ percent }) => percent)),
        },
        color: { type: 'identity' },
        marks: [
          plot.line(points, {
            x: 'after',
            y: 'percent',
            z: 'on',
            stroke: color,
            strokeWidth: count > 20 ? 1 : 1.5,
          }),
          plot.dot(points, {
            x: 'after',
            y: 'percent',
            fill: color,
            r: count > 20 ? 1 : 2.5,
            title: ({ after, on, percent }: Point) =>
              `task ${on} after task ${after}: ${percent.toFixed(2)} %`,
          }),
          plot.line(means, { x: 'after', y: 'percent', stroke: 'var(--ink)', strokeWidth: 3 }),
          endLabels(plot, named),
        ],
      };
    },
    table: {
      caption: `Mean over the tasks so far, percent of the ${imagesOf(config)} that are right`,
      name: 'means',
      columns: [{ label: 'after task' }, { label: 'mean', unit: `% of ${imagesOf(config)}`, digits: 2 }],
      rows: taskMeans.map((mean, task) => [String(task), mean]),
    },
  };
}

/** What is left of each task; nothing to show for a single one. */
export function forgettingFigure({ accuracy, config }: RunResult): Figure {
  const values = forgettingByTask(accuracy).map((points, task) => ({ task, points }));
  return {
    id: 'forgetting',
    title: `Forgetting of each task, on ${imagesOf(config)}`,
    caption:
      'The best a task ever reached before the last one was learnt, less what is left of it at the end.',
    description: `Bar chart. ${values.map(({ task, points }) => `Task ${task}: ${cellText(points, 1)} points.`).join(' ')}`,
    plot: (plot, { narrow }) => ({
      height: narrow ? 220 : 300,
      marginLeft: 40,
      x: {
        label: 'task',
        type: 'band',
        tickSize: 0,
        padding: values.length > 5 ? 0.25 : 0.5,
        ticks: wholeTicks(0, values.length - 1, narrow ? 10 : 15),
      },
      y: {
        label: 'percentage points',
        grid: true,
        nice: true,
        domain: zeroDomain(values.map(({ points }) => points)),
      },
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
      caption: `Forgetting in percentage points of the ${imagesOf(config)}`,
      name: 'forgetting',
      columns: [{ label: 'task' }, { label: 'forgetting', unit: `points of ${imagesOf(config)}`, digits: 2 }],
      rows: values.map(({ task, points }) => [String(task), points]),
    },
  };
}

/** Earlier versions' results do not tell it. */
function scenarioOf({ scenario }: LeftOut<Pick<ExperimentConfig, 'scenario'>>): string {
  return scenario === undefined
    ? ''
    : `${scenario[0]?.toUpperCase()}${scenario.slice(1)}-incremental tasks. `;
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
