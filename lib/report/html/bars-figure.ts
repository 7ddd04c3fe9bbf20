import { AVERAGE, FORGETTING, type Measure, type Method, measured, nameOf } from '../text/comparison.js';
import { cellText } from '../text/data-table.js';
import { seriesColor } from './colors.js';
import { onImages } from './comparison-figures.js';
import type { Figure } from './figure.js';
import { areMany, brokenAt, plainColor } from './many-methods.js';
import { zeroDomain } from './ticks.js';

const LETTER_WIDTH = 6.8;
const LINE_HEIGHT = 15;
/** Between a name and its bar, and below the bar. */
const SPACE = 4;
const [THINNEST, THICKEST] = [12, 34];
/** Above and below the bars. */
const FRAME = 70;

/** The forgetting of every method; null when no method has two tasks. The upper bound is no method to compare it with. */
export function forgettingsFigure(methods: readonly Method[]): Figure | null {
  return barsFigure(methods, (method) => !method.isUpperBound, {
    measure: FORGETTING,
    id: 'forgettings',
    title: 'Forgetting',
    caption:
      'Mean over the tasks and the seeds; the line is one standard deviation to each side. Less is better.',
    axis: 'percentage points',
    unit: 'points',
  });
}

/** The average accuracy of every method: for a single task, over which no curve can be drawn. */
export function accuraciesFigure(methods: readonly Method[]): Figure | null {
  return barsFigure(methods, () => true, {
    measure: AVERAGE,
    id: 'accuracies',
    title: 'Average accuracy',
    caption: 'Mean over the seeds; the line is one standard deviation to each side. More is better.',
    axis: 'percent right',
    unit: '%',
  });
}

interface Bars extends Pick<Figure, 'id' | 'title' | 'caption'> {
  readonly measure: Measure;
  readonly axis: string;
  readonly unit: string;
}

/** A bar for each method that has the measure, its name above it, where a long one has room. */
function barsFigure(
  methods: readonly Method[],
  isShown: (method: Method) => boolean,
  { measure, id, title, caption, axis, unit }: Bars,
): Figure | null {
  const values = methods.flatMap((method, index) => {
    const value = measured(method, measure);
    const color = areMany(methods) ? plainColor(method) : seriesColor(index);
    return value === null || !isShown(method) ? [] : [{ color, name: nameOf(method), ...value }];
  });
  if (areMany(methods)) values.sort((a, b) => measure.better * (b.mean - a.mean));
  if (values.length === 0) return null;
  return {
    id,
    title: `${title}${onImages(methods)}`,
    caption,
    description: values.map(({ name, mean }) => `${name}: ${cellText(mean, 1)} ${axis}.`).join(' '),
    plot: (plot, { narrow, width }) => {
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
    },
    table: {
      caption: `${title}, ${axis}`,
      name: id,
      columns: [{ label: 'method' }, { label: 'mean', unit, digits: 2 }, { label: 'sd', unit, digits: 2 }],
      rows: values.map(({ name, mean, deviation }) => [name, mean, deviation]),
    },
  };
}
