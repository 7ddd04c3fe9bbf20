import { meanAndDeviation } from '../../metrics/statistics.js';
import { MEASURES, type Method, measured, nameOf } from '../comparison.js';
import { domainOf, ticks } from './accuracy-figures.js';
import { seriesColor } from './colors.js';
import { cellText } from './data-table.js';
import type { Figure, LegendEntry } from './figure.js';

interface Spread {
  readonly method: number;
  readonly task: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly deviation: number | null;
}

/** The mean accuracy of every method as tasks come. */
export function meansFigure(methods: readonly Method[]): Figure {
  return curves(methods, {
    id: 'means',
    title: 'Mean accuracy over the tasks so far',
    caption:
      'A line for each method, the mean over its seeds; the band is one standard deviation to each side.',
    axis: 'after task',
    values: (method) => method.runs.map(({ taskMeans }) => taskMeans),
  });
}

/** What is left of every task at the end. */
export function finalsFigure(methods: readonly Method[]): Figure {
  return curves(methods, {
    id: 'finals',
    title: 'Accuracy on each task at the end',
    caption: 'The oldest task is at the left: a line that falls to the left is a method that forgets.',
    axis: 'task',
    values: (method) => method.runs.map(({ accuracy }) => accuracy.at(-1) ?? []),
  });
}

interface Curves extends Pick<Figure, 'id' | 'title' | 'caption'> {
  readonly axis: string;
  values(method: Method): (readonly number[])[];
}

function curves(methods: readonly Method[], { axis, values, ...words }: Curves): Figure {
  const points = methods.flatMap((method, index) => spreads(index, values(method)));
  const count = Math.max(...points.map(({ task }) => task)) + 1;
  const color = ({ method }: Spread): string => seriesColor(method);
  const title = ({ method, task, mean, deviation }: Spread): string =>
    `${methods[method]?.label}, ${axis} ${task}: ${mean.toFixed(2)}${deviation === null ? '' : ` ± ${deviation.toFixed(2)}`} %`;
  return {
    ...words,
    description: methods
      .map((method, index) => `${nameOf(method)} ends at ${lastOf(points, index)} percent.`)
      .join(' '),
    legend: legendOf(methods),
    plot: (plot, { narrow }) => ({
      height: narrow ? 260 : 340,
      marginLeft: 40,
      marginRight: 10,
      x: { label: axis, ticks: ticks(count, narrow), tickFormat: 'd', domain: domainOf(count) },
      y: { label: 'percent right', grid: true, nice: true },
      color: { type: 'identity' },
      marks: [
        plot.areaY(points, {
          x: 'task',
          y1: 'low',
          y2: 'high',
          z: 'method',
          fill: color,
          fillOpacity: 0.16,
        }),
        plot.line(points, { x: 'task', y: 'mean', z: 'method', stroke: color, strokeWidth: 2.25 }),
        plot.dot(points, { x: 'task', y: 'mean', fill: color, r: count > 30 ? 1.5 : 3, title }),
      ],
    }),
    table: {
      caption: `${words.title}, percent right: mean and standard deviation over the seeds`,
      name: words.id,
      columns: [
        { label: axis },
        ...methods.flatMap(({ label }) => [
          { label, digits: 2 },
          { label: `${label}, sd`, digits: 2 },
        ]),
      ],
      rows: Array.from({ length: count }, (_, task) => [
        String(task),
        ...methods.flatMap((_method, index) => {
          const found = points.find((point) => point.method === index && point.task === task);
          return [found?.mean ?? null, found?.deviation ?? null];
        }),
      ]),
    },
  };
}

function spreads(method: number, rows: readonly (readonly number[])[]): Spread[] {
  const length = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length }, (_, task) => {
    const values = rows.map((row) => row[task]).filter((value) => value !== undefined);
    const { mean, deviation } = meanAndDeviation(values);
    return { method, task, mean, deviation, low: mean - (deviation ?? 0), high: mean + (deviation ?? 0) };
  });
}

function lastOf(points: readonly Spread[], method: number): string {
  return points.findLast((point) => point.method === method)?.mean.toFixed(1) ?? 'no';
}

/** What accuracy costs: a dot for each seed, a ring around the method's mean. */
export function costFigure(methods: readonly Method[]): Figure {
  const runs = methods.flatMap((method, index) =>
    method.runs.flatMap(({ metrics, seconds, config }) =>
      metrics
        ? [{ method: index, seed: config.seed, seconds: seconds.total, percent: metrics.averageAccuracy }]
        : [],
    ),
  );
  const means = methods.flatMap((_, index) => {
    const own = runs.filter(({ method }) => method === index);
    if (own.length === 0) return [];
    const seconds = meanAndDeviation(own.map((run) => run.seconds)).mean;
    return [{ method: index, seconds, percent: meanAndDeviation(own.map(({ percent }) => percent)).mean }];
  });
  const color = ({ method }: { readonly method: number }): string => seriesColor(method);
  return {
    id: 'cost',
    title: 'Accuracy against time',
    caption: 'A dot for each seed, a ring for the mean of a method. Up and to the left is better.',
    description: means
      .map(
        ({ method, seconds, percent }) =>
          `${methods[method]?.label}: ${percent.toFixed(1)} percent in ${seconds.toFixed(0)} seconds.`,
      )
      .join(' '),
    legend: legendOf(methods),
    plot: (plot, { narrow }) => ({
      height: narrow ? 250 : 320,
      marginLeft: 40,
      marginRight: 14,
      x: { label: 'seconds of a run', nice: true, zero: true, ticks: narrow ? 4 : 8 },
      y: { label: 'average accuracy, %', grid: true, nice: true },
      color: { type: 'identity' },
      marks: [
        plot.dot(runs, {
          x: 'seconds',
          y: 'percent',
          fill: color,
          r: 3.5,
          title: ({ method, seed, seconds, percent }: (typeof runs)[number]) =>
            `${methods[method]?.label}, seed ${seed}: ${percent.toFixed(2)} % in ${seconds.toFixed(1)} s`,
        }),
        plot.dot(means, { x: 'seconds', y: 'percent', stroke: color, strokeWidth: 2, r: 9 }),
      ],
    }),
    table: {
      caption: 'Every run',
      name: 'runs',
      columns: [
        { label: 'method' },
        { label: 'seed' },
        { label: 'seconds', digits: 1 },
        { label: 'average accuracy, %', digits: 2 },
      ],
      rows: runs.map(({ method, seed, seconds, percent }) => [
        methods[method]?.label ?? '',
        seed,
        seconds,
        percent,
      ]),
    },
  };
}

/** The forgetting of every method; null when no method has two tasks. */
export function forgettingsFigure(methods: readonly Method[]): Figure | null {
  const [, forgetting] = MEASURES;
  const bars = methods.flatMap((method, index) => {
    const value = forgetting ? measured(method, forgetting) : null;
    return value === null || method.isUpperBound ? [] : [{ index, name: method.label, ...value }];
  });
  if (bars.length === 0) return null;
  return {
    id: 'forgettings',
    title: 'Forgetting',
    caption:
      'Mean over the tasks and the seeds; the line is one standard deviation to each side. Less is better.',
    description: bars.map(({ name, mean }) => `${name}: ${cellText(mean, 1)} points.`).join(' '),
    plot: (plot, { narrow }) => ({
      height: 64 + 36 * bars.length,
      marginLeft: narrow ? 92 : 130,
      marginRight: 54,
      x: { label: 'percentage points', grid: true, nice: true, zero: true, ticks: narrow ? 4 : 7 },
      y: { label: null, tickSize: 0, domain: bars.map(({ name }) => name), padding: 0.35 },
      color: { type: 'identity' },
      marks: [
        plot.barX(bars, { x: 'mean', y: 'name', fill: ({ index }: { index: number }) => seriesColor(index) }),
        plot.ruleY(
          bars.filter(({ deviation }) => deviation !== null),
          {
            y: 'name',
            x1: ({ mean, deviation }: { mean: number; deviation: number }) => mean - deviation,
            x2: ({ mean, deviation }: { mean: number; deviation: number }) => mean + deviation,
            stroke: 'var(--ink)',
            strokeWidth: 1.5,
          },
        ),
        plot.ruleX([0]),
      ],
    }),
    table: {
      caption: 'Forgetting, percentage points',
      name: 'forgetting',
      columns: [{ label: 'method' }, { label: 'mean', digits: 2 }, { label: 'sd', digits: 2 }],
      rows: bars.map(({ name, mean, deviation }) => [name, mean, deviation]),
    },
  };
}

function legendOf(methods: readonly Method[]): LegendEntry[] {
  return methods.map((method, index) => ({ label: nameOf(method), color: seriesColor(index) }));
}
