import type { Markish, PlotOptions } from '@observablehq/plot';
import type { Plot, Size } from './figure.js';

/** A mean over seeds after a task. */
export interface PanelPoint {
  readonly task: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A method, and what it is at each task. */
export interface Panel {
  readonly name: string;
  readonly color: string;
  /** That it is ranked by, and that stands beside its name; null: none. */
  readonly value: number | null;
  readonly points: readonly PanelPoint[];
}

const [WIDE_COLUMNS, NARROW_COLUMNS]: readonly (readonly number[])[] = [[6, 5, 4], [2]];
const [WIDE_HEIGHT, NARROW_HEIGHT] = [128, 112];
const LETTER_WIDTH = 7.2;

/**
 * A small picture for each method, with its line in front of all others: names stand where the eye is, whatever the number of
 * methods. The best comes first.
 */
export function panelsPlot(
  plot: Plot,
  { width, narrow }: Size,
  all: readonly Panel[],
  axes: Pick<PlotOptions, 'x' | 'y'>,
): PlotOptions {
  const columns = columnsOf(all.length, (narrow ? NARROW_COLUMNS : WIDE_COLUMNS) ?? []);
  const letters = Math.floor((0.94 * (width - 50)) / columns / LETTER_WIDTH);
  const ranked = [...all].sort(
    (a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY),
  );
  const places = ranked.map((panel, index) => ({
    ...{ fx: index % columns, fy: Math.floor(index / columns), color: panel.color },
    text: titleOf(panel, letters),
    points: panel.points,
  }));
  const own = places.flatMap(({ points, fx, fy, color }) =>
    points.map((point) => ({ ...point, fx, fy, color })),
  );
  const others = all.flatMap(({ points }, line) => points.map((point) => ({ ...point, line })));
  const facets = { fx: 'fx', fy: 'fy' } as const;
  return {
    height: 88 + Math.ceil(all.length / columns) * (narrow ? NARROW_HEIGHT : WIDE_HEIGHT),
    marginTop: 46,
    marginLeft: 40,
    marginRight: 10,
    ...axes,
    fx: { axis: null, padding: 0.14 },
    fy: { axis: null, padding: 0.22 },
    color: { type: 'identity' },
    marks: [
      plot.line(others, {
        x: 'task',
        y: 'mean',
        z: 'line',
        stroke: 'var(--soft)',
        strokeOpacity: 0.35,
        strokeWidth: 1,
      }),
      plot.areaY(own, { ...facets, x: 'task', y1: 'low', y2: 'high', fill: 'color', fillOpacity: 0.2 }),
      plot.line(own, { ...facets, x: 'task', y: 'mean', stroke: 'color', strokeWidth: 2.25 }),
      ...dots(plot, own),
      plot.text(places, {
        ...facets,
        ...{
          frameAnchor: 'top-left',
          lineAnchor: 'bottom',
          dy: -5,
          text: 'text',
          fill: 'var(--ink)',
          fontWeight: 600,
        },
      }),
    ],
  };
}

/** Of these the one that leaves the fewest places empty, and of several the first. */
function columnsOf(panels: number, choices: readonly number[]): number {
  const empty = (columns: number): number => columns * Math.ceil(panels / columns) - panels;
  return choices.reduce((best, each) => (empty(each) < empty(best) ? each : best), choices[0] ?? 1);
}

/** Of one task there is no line. */
function dots(
  plot: Plot,
  own: readonly (PanelPoint & { readonly fx: number; readonly fy: number })[],
): Markish[] {
  if (own.some(({ task }) => task > 0)) return [];
  return [plot.dot(own, { fx: 'fx', fy: 'fy', x: 'task', y: 'mean', fill: 'color', r: 3 })];
}

/** Where it is too long for the panel, the name's end is left out. */
function titleOf({ name, value }: Panel, letters: number): string {
  const number = value === null ? '' : ` ${value.toFixed(1)}`;
  const room = letters - number.length;
  return `${name.length > room ? `${name.slice(0, room - 1)}…` : name}${number}`;
}
