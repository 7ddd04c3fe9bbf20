import { meanAndDeviation } from '../../metrics/statistics.js';
import { type Method, nameOf, scenarioOfAll } from '../text/comparison.js';
import { imagesOfAll } from '../text/images.js';
import { seriesColor, seriesDash, seriesKey, seriesRound } from './colors.js';
import type { Figure, LegendEntry } from './figure.js';
import { areMany, arePlaces, markNames, plainColor } from './many-methods.js';
import { type Panel, panelsPlot } from './panels.js';
import { type PlaceLabel, placeLabels } from './place-labels.js';
import { percentDomain, percentRange, wholeTicks, zeroDomain } from './ticks.js';

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
    caption: `${lineWords(methods, 'that of the last task')}${scenarioSentence(methods)}`,
    axis: 'after task',
    values: (method) => method.runs.map(({ taskMeans }) => taskMeans),
    rank: (points) => points.at(-1)?.mean ?? null,
  });
}

/** What is left of every task at the end. */
export function finalsFigure(methods: readonly Method[]): Figure {
  return curves(methods, {
    id: 'finals',
    title: `Accuracy on each task at the end${onImages(methods)}`,
    caption:
      'The oldest task is at the left: a line that falls to the left is a method that forgets.' +
      `${areMany(methods) ? ` ${lineWords(methods, 'the mean over the tasks')}` : ''}${scenarioSentence(methods)}`,
    axis: 'task',
    values: (method) => method.runs.map(({ accuracy }) => accuracy.at(-1) ?? []),
    rank: (points) =>
      points.length === 0 ? null : points.reduce((sum, { mean }) => sum + mean, 0) / points.length,
  });
}

function upperBoundWords(methods: readonly Method[]): string {
  return methods.some(({ isUpperBound }) => isUpperBound) ? ' Grey: the upper bound.' : '';
}

function lineWords(methods: readonly Method[], number: string): string {
  const line = 'the mean over its seeds; the band is one standard deviation to each side, within 0 and 100.';
  if (!areMany(methods)) return `A line for each method, ${line}`;
  return `A panel for each method, the best first, before the lines of all others: ${line} The number is ${number}.${upperBoundWords(methods)}`;
}

function scenarioSentence(methods: readonly Method[]): string {
  const scenario = scenarioOfAll(methods);
  return scenario === undefined ? '' : ` The tasks are ${scenario}-incremental.`;
}

interface Curves extends Pick<Figure, 'id' | 'title' | 'caption'> {
  readonly axis: string;
  values(method: Method): (readonly number[])[];
  /** That panels are ranked by. */
  rank(points: readonly Spread[]): number | null;
}

function curves(methods: readonly Method[], { axis, values, rank, ...words }: Curves): Figure {
  const points = methods.flatMap((method, index) => spreads(index, values(method)));
  const count = Math.max(...points.map(({ task }) => task)) + 1;
  const color = ({ method }: Spread): string => seriesColor(method);
  const panels = areMany(methods)
    ? methods.flatMap((method, index): Panel[] => {
        const own = points.filter((point) => point.method === index);
        return own.length === 0
          ? []
          : [{ name: method.label, color: plainColor(method), value: rank(own), points: own }];
      })
    : undefined;
  const title = ({ method, task, mean, deviation }: Spread): string =>
    `${methods[method]?.label}, ${axis} ${task}: ${mean.toFixed(2)}${deviation === null ? '' : ` ± ${deviation.toFixed(2)}`} %`;
  return {
    ...words,
    description: methods
      .map((method, index) => `${nameOf(method)} ends at ${lastOf(points, index)} percent.`)
      .join(' '),
    ...(panels ? { isFull: true } : { legend: legendOf(methods) }),
    plot: (plot, size) => {
      const { narrow } = size;
      const most = panels ? (narrow ? 4 : 6) : narrow ? 8 : 14;
      const x = {
        label: axis,
        ticks: wholeTicks(0, count - 1, most),
        tickFormat: 'd',
        domain: [0, Math.max(1, count - 1)],
      };
      const domain = percentDomain(points.flatMap(({ low, high }) => [low, high]));
      const y = { label: 'percent right', grid: true, nice: true, domain };
      if (panels) return panelsPlot(plot, size, panels, { x, y: { ...y, ticks: 4 } });
      return {
        height: narrow ? 260 : 340,
        marginLeft: 40,
        marginRight: 10,
        x,
        y,
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
      };
    },
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
    return { method, task, mean, deviation, ...percentRange(mean, deviation) };
  });
}

function lastOf(points: readonly Spread[], method: number): string {
  return points.findLast((point) => point.method === method)?.mean.toFixed(1) ?? 'no';
}

const RING = 9;

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
  const many = areMany(methods);
  const names = markNames(methods);
  const labelled = ({ method, seconds, percent }: (typeof means)[number]): PlaceLabel => ({
    x: seconds,
    y: percent,
    text: names[method] ?? '',
  });
  const color = ({ method }: { readonly method: number }): string => {
    const own = methods[method];
    return many && own ? plainColor(own) : seriesColor(method);
  };
  return {
    id: 'cost',
    title: `Accuracy against time${onImages(methods)}`,
    caption:
      'A dot for each seed, a ring for the mean of a method. Up and to the left is better.' +
      `${many && arePlaces(methods) ? ' The numbers are the places in the picture of the average accuracy.' : ''}${many ? upperBoundWords(methods) : ''}`,
    description: means
      .map(
        ({ method, seconds, percent }) =>
          `${methods[method]?.label}: ${percent.toFixed(1)} percent in ${seconds.toFixed(0)} seconds.`,
      )
      .join(' '),
    ...(many ? {} : { legend: legendOf(methods) }),
    plot: (plot, { narrow }) => ({
      height: (narrow ? 250 : 320) + (many ? 12 * methods.length : 0),
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
            strokeDasharray: many ? 'none' : seriesDash(round),
            r: RING,
          }),
        ),
        ...(many ? [placeLabels(plot, means.map(labelled), RING)] : []),
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
