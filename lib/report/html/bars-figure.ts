import { AVERAGE, FORGETTING, type Measure, type Method, measured, nameOf } from '../text/comparison.js';
import { cellText } from '../text/data-table.js';
import { barsPlot } from './bars.js';
import { seriesColor } from './colors.js';
import { onImages } from './comparison-figures.js';
import type { Figure } from './figure.js';
import { areMany, plainColor } from './many-methods.js';

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
    plot: (plot, size) => barsPlot(plot, size, values, axis),
    table: {
      caption: `${title}, ${axis}`,
      name: id,
      columns: [{ label: 'method' }, { label: 'mean', unit, digits: 2 }, { label: 'sd', unit, digits: 2 }],
      rows: values.map(({ name, mean, deviation }) => [name, mean, deviation]),
    },
  };
}
