import type { TaskCurve } from '../../training/report.js';
import { headText } from '../text/data-table.js';
import { numberText } from '../text/reported.js';
import { orderedColor } from './colors.js';
import { endLabels, labelRoom } from './end-labels.js';
import type { Figure } from './figure.js';
import { pathTable } from './path-table.js';
import { areNamed, MOST_SEARCHES_NAMED, taskScale } from './task-lines.js';
import { placeAxis, spanDomain, valueAxis } from './ticks.js';

/** A task's line in the picture of a curve. */
export interface TaskLine {
  readonly task: number;
  readonly curve: TaskCurve;
}

interface Dot {
  readonly task: number;
  readonly at: number;
  readonly value: number;
  readonly fill: string;
}

/**
 * A curve that a strategy told, a line for each task; null where no task has one that ends in a finite number.
 *
 * @param tasks - How many tasks the run has finished: their colours are those of the other pictures.
 */
export function curveFigure(name: string, lines: readonly TaskLine[], tasks: number): Figure | null {
  const [first] = lines;
  if (
    !first ||
    !lines.some(({ curve }) => curve.values.some(Number.isFinite) && Number.isFinite(endOf(curve)))
  ) {
    return null;
  }
  const { label, x, y, caption } = first.curve;
  const color = ({ task }: { readonly task: number }): string => orderedColor(task, tasks);
  const points = lines.flatMap(({ task, curve }) =>
    curve.values.map((value, i) => ({ task, at: placeOf(curve, i), value })),
  );
  const dots = lines.flatMap(({ task, curve }) => dotsOf(task, curve, color({ task })));
  const guides = [...new Set(lines.flatMap(({ curve }) => curve.guides ?? []))];
  const places = [...points, ...dots].map(({ at }) => at);
  const domain = spanDomain([...points, ...dots].map(({ value }) => value).concat(guides));
  const names = lines
    .map(({ task, curve }) => ({ value: endOf(curve), text: `task ${task}`, color: color({ task }) }))
    .filter(({ value }) => Number.isFinite(value));
  const unit = y.unit === undefined ? '' : ` ${y.unit}`;
  const words = headText(y);
  return {
    id: `curve-${name}`,
    title: label,
    caption: caption ?? `A line for each task: ${words}.`,
    description: lines
      .map(({ task, curve }) => `Task ${task}: from ${shown(startOf(curve))} to ${shown(endOf(curve))}.`)
      .join(' '),
    scale: taskScale(first.task, tasks, MOST_SEARCHES_NAMED),
    plot: (plot, size) => {
      const { narrow } = size;
      const named = areNamed(lines.length, size, MOST_SEARCHES_NAMED) ? names : [];
      return {
        height: narrow ? 230 : 300,
        marginRight: Math.max(20, labelRoom(named)),
        x: placeAxis(x.label, places, narrow),
        ...valueAxis(words, domain),
        color: { type: 'identity' },
        marks: [
          plot.ruleY(guides, { stroke: 'var(--soft)', strokeDasharray: '2 3' }),
          plot.line(points, { x: 'at', y: 'value', z: 'task', stroke: color, strokeWidth: 2 }),
          plot.dot(dots, {
            x: 'at',
            y: 'value',
            r: 4,
            fill: 'fill',
            stroke: color,
            title: ({ task, value }: Dot) => `task ${task}: ${y.label} = ${shown(value)}${unit}`,
          }),
          endLabels(plot, named),
        ],
      };
    },
    table: pathTable(
      { caption: `${label}: ${words}, over the ${x.label}`, name, place: x.label },
      lines.map(({ task, curve }) => ({
        task,
        first: curve.x.first ?? 0,
        every: curve.x.every ?? 1,
        path: curve.values,
      })),
    ),
  };
}

function shown(value: number): string {
  return Number.isFinite(value) ? numberText(value, undefined).replaceAll('-', '−') : '–';
}

function placeOf({ x }: TaskCurve, index: number): number {
  return (x.first ?? 0) + index * (x.every ?? 1);
}

/** Where it begins and ends: what was measured there otherwise, if that was, is its end. */
function startOf({ ends, values }: TaskCurve): number {
  return (ends ? ends[0] : values[0]) ?? Number.NaN;
}

function endOf({ ends, values }: TaskCurve): number {
  return (ends ? ends[1] : values.at(-1)) ?? Number.NaN;
}

/** Hollow what was measured before the first value; filled the end. */
function dotsOf(task: number, curve: TaskCurve, color: string): Dot[] {
  const { ends, values } = curve;
  const last = {
    task,
    at: placeOf(curve, ends ? values.length : values.length - 1),
    value: endOf(curve),
    fill: color,
  };
  const before = { task, at: placeOf(curve, 0), value: startOf(curve), fill: 'var(--card)' };
  return (ends ? [before, last] : [last]).filter(({ value }) => Number.isFinite(value));
}
