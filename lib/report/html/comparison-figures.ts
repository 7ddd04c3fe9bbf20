import { meanAndDeviation } from '../../metrics/statistics.js';
import { type Method, nameOf, scenarioOfAll } from '../text/comparison.js';
import { imagesOfAll } from '../text/images.js';
import { seriesColor, seriesDash, seriesKey, seriesRound } from './colors.js';
import type { Figure, LegendEntry } from './figure.js';
import { percentDomain, wholeTicks, zeroDomain } from './ticks.js';

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
    title: `Mean accuracy over the tasks so far${onImages(methods)}`,
    caption: `A line for each method, the mean over its seeds; the band is one standard deviation to each side.${scenarioSentence(methods)}`,
    axis: 'after task',
    values: (method) => method.runs.map(({ taskMeans }) => taskMeans),
  });
}

/** What is left of every task at the end. */
export function finalsFigure(methods: readonly Method[]): Figure {
  return curves(methods, {
    id: 'finals',
    title: `Accuracy on each task at the end${onImages(methods)}`,
    caption: `The oldest task is at the left: a line that falls to the left is a method that forgets.${scenarioSentence(methods)}`,
    axis: 'task',
    values: (method) => method.runs.map(({ accuracy }) => accuracy.at(-1) ?? []),
  });
}

function scenarioSentence(methods: readonly Method[]): string {
  const scenario = scenarioOfAll(methods);
  return scenario === undefined ? '' : ` The tasks are ${scenario}-incremental.`;
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
      x: {
        label: axis,
        ticks: wholeTicks(0, count - 1, narrow ? 8 : 14),
        tickFormat: 'd',
        domain: [0, Math.max(1, count - 1)],
      },
      y: {
        label: 'percent right',
        grid: true,
        nice: true,
        domain: percentDomain(points.flatMap(({ low, high }) => [low, high])),
      },
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
        ...byRound(points).map((of, round) =>
          plot.line(of, {
            x: 'task',
            y: 'mean',
            z: 'method',
            stroke: color,
            strokeWidth: 2.25,
            strokeDasharray: seriesDash(round),
          }),
        ),
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
    title: `Accuracy against time${onImages(methods)}`,
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
      x: {
        label: 'seconds of a run',
        nice: true,
        ticks: narrow ? 4 : 8,
        domain: zeroDomain(runs.map(({ seconds }) => seconds)),
      },
      y: {
        label: 'average accuracy, %',
        grid: true,
        nice: true,
        domain: percentDomain(runs.map(({ percent }) => percent)),
      },
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
        ...byRound(means).map((of, round) =>
          plot.dot(of, {
            x: 'seconds',
            y: 'percent',
            stroke: color,
            strokeWidth: 2,
            strokeDasharray: seriesDash(round),
            r: 9,
          }),
        ),
      ],
    }),
    table: {
      caption: 'Every run',
      name: 'runs',
      columns: [
        { label: 'method' },
        { label: 'seed' },
        { label: 'seconds', digits: 1 },
        { label: 'average accuracy', unit: '%', digits: 2 },
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

/** The methods that are in the picture: one whose runs all diverged is not. */
function legendOf(methods: readonly Method[]): LegendEntry[] {
  return methods.flatMap((method, index) =>
    method.runs.length === 0 ? [] : [{ label: nameOf(method), color: seriesKey(index) }],
  );
}

/** Apart where a colour comes again. */
function byRound<Of extends { readonly method: number }>(values: readonly Of[]): Of[][] {
  const rounds: Of[][] = [];
  for (const value of values) {
    const round = seriesRound(value.method);
    rounds[round] = [...(rounds[round] ?? []), value];
  }
  return rounds;
}

/** For titles: the images, where all runs were measured on the same. */
export function onImages(methods: readonly Method[]): string {
  const images = imagesOfAll(methods.flatMap(({ runs }) => runs));
  return images === undefined ? '' : `, on ${images}`;
}
