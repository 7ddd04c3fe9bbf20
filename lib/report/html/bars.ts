import type { PlotOptions } from '@observablehq/plot';
import type { Plot, Size } from './figure.js';
import { brokenAt } from './many-methods.js';
import { zeroDomain } from './ticks.js';

const LETTER_WIDTH = 6.8;
const LINE_HEIGHT = 15;
/** Between a name and its bar, and below the bar. */
const SPACE = 4;
const [THINNEST, THICKEST] = [12, 34];
/** Above and below the bars. */
const FRAME = 70;

/** A bar. */
export interface Bar {
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly mean: number;
  /** Of the line upon it; null: none. */
  readonly deviation: number | null;
}

/** A bar each, its name above it, where a long one has room. */
export function barsPlot(
  plot: Plot,
  { narrow, width }: Size,
  values: readonly Bar[],
  axis: string,
): PlotOptions {
  const names = values.map(({ name }) => brokenAt(name, Math.floor((width - 24) / LETTER_WIDTH)));
  const namePixels = LINE_HEIGHT * Math.max(...names.map((name) => name.split('\n').length)) + SPACE;
  const height = Math.max(FRAME + values.length * (namePixels + THINNEST + 2 * SPACE), narrow ? 0 : 340);
  const row = (height - FRAME) / values.length;
  const thickness = Math.min(THICKEST, row - namePixels - 2 * SPACE);
  const bars = values.map(({ deviation, mean, color }, place) => ({
    mean,
    color,
    name: names[place] ?? '',
    low: mean - (deviation ?? 0),
    high: mean + (deviation ?? 0),
    top: place + namePixels / row,
    middle: place + (namePixels + thickness / 2) / row,
    bottom: place + (namePixels + thickness) / row,
  }));
  return {
    height,
    marginLeft: 8,
    marginRight: 16,
    x: {
      label: axis,
      grid: true,
      nice: true,
      ticks: narrow ? 4 : 7,
      domain: zeroDomain(bars.flatMap(({ low, high }) => [low, high])),
    },
    y: { axis: null, domain: [0, values.length], reverse: true },
    color: { type: 'identity' },
    marks: [
      plot.rect(bars, { x1: 0, x2: 'mean', y1: 'top', y2: 'bottom', fill: 'color' }),
      plot.ruleY(bars, { y: 'middle', x1: 'low', x2: 'high', stroke: 'var(--ink)', strokeWidth: 1.5 }),
      plot.text(bars, {
        frameAnchor: 'left',
        y: 'top',
        text: 'name',
        lineAnchor: 'bottom',
        dx: 2,
        dy: -SPACE,
        stroke: 'var(--card)',
        strokeWidth: 4,
        fill: 'var(--ink)',
      }),
      plot.ruleX([0]),
    ],
  };
}
