import type { PlotOptions } from '@observablehq/plot';
import type { MethodSummary, SweepReport, TrialSummary } from '../../sweep/plan/types.js';
import { trialsTable } from '../sweep/tables.js';
import { settingWords } from '../sweep/words.js';
import { orderedColor } from './colors.js';
import type { ColorScale, Figure, Plot, Size } from './figure.js';
import { type AxisTick, cut, fitting, linearTicks } from './sweep-axis.js';
import { extremesWords, type Landscape, trialTip } from './sweep-landscape.js';

/** An axis of the picture: an option's, or that of the values. */
interface Axis {
  readonly name: string;
  readonly ticks: readonly AxisTick[];
}

/** A line through all axes. */
interface Line {
  readonly id: string;
  readonly places: readonly (number | null)[];
  readonly color: string;
  readonly kind: 'measured' | 'other' | 'lost';
  readonly tip: string;
}

/** A place of a line, in the units of the picture. */
interface Point extends Line {
  readonly x: number;
  readonly y: number;
}

/** Beyond this, lines let those below shine through. */
const MANY_LINES = 60;

/** Every setting of a method as a line through its options to its value; null where fewer than two options vary. */
export function parallelFigure(
  report: SweepReport,
  method: MethodSummary,
  index: number,
  landscape: Landscape,
): Figure | null {
  const { name, axes, measured, measure, images } = landscape;
  if (axes.length < 2) return null;
  const [worst, best] = [measured[0]?.value ?? 0, measured.at(-1)?.value ?? 0];
  const length = best - worst;
  const valueAt = (value: number): number => (length === 0 ? 0.5 : (value - worst) / length);
  const all: Axis[] = [
    ...axes.map(({ key, ticks }) => ({ name: key, ticks })),
    {
      name: measure,
      ticks: linearTicks(worst, best).map((value) => ({ at: valueAt(value), text: tickText(value) })),
    },
  ];
  const lines = linesOf(landscape, valueAt);
  return {
    id: `parallel-${index}`,
    title: `${name}: every setting, on ${images}`,
    caption: captionOf(landscape),
    description: extremesWords(landscape),
    scale: scaleOf(landscape),
    isFull: true,
    plot: (plot, size) => parallelPlot(plot, size, all, lines, landscape.chosen),
    table: trialsTable(report, method),
  };
}

function captionOf({ ended, lost, chosen, measure }: Landscape): string {
  return (
    `A line for each setting, from option to option, to its ${measure} (mean over the seeds). The colour is its rank.` +
    `${chosen === null ? '' : ' The thick line was chosen.'}${ended.length > 0 ? ' Grey: not promoted so far.' : ''}` +
    `${lost.length > 0 ? ' Dashed: failed or diverged.' : ''}`
  );
}

/** Colours go by rank, so that one bad setting does not take all of them. */
function scaleOf({ measured }: Landscape): ColorScale | undefined {
  if (measured.length < 2) return undefined;
  const at = (share: number): string =>
    `${(measured[Math.round(share * (measured.length - 1))]?.value ?? 0).toFixed(1)} %`;
  return {
    labels: [`${at(0)} (worst)`, `${at(0.5)} (median)`, `${at(1)} (best)`],
    colors: [0, 5, 10].map((rank) => orderedColor(rank, 11)),
  };
}

function tickText(value: number): string {
  return String(value).replace('-', '−');
}

/** Drawn from the first to the last one: the best lie upon the others. */
function linesOf({ axes, measured, ended, lost }: Landscape, valueAt: (value: number) => number): Line[] {
  const places = ({ setting }: TrialSummary): (number | null)[] =>
    axes.map(({ key, at }) => at(setting[key]));
  const without = (trial: TrialSummary, kind: Line['kind'], why: string): Line => ({
    id: String(trial.number),
    places: places(trial),
    color: 'var(--soft)',
    kind,
    tip: `setting ${trial.number}: ${why} (${settingWords(trial.setting)})`,
  });
  return [
    ...lost.map((trial) => without(trial, 'lost', 'failed or diverged')),
    ...ended.map((trial) => without(trial, 'other', `not promoted after ${trial.tasks} tasks`)),
    ...measured.map((trial, rank) => ({
      id: String(trial.number),
      places: [...places(trial), valueAt(trial.value)],
      color: orderedColor(rank, measured.length),
      kind: 'measured' as const,
      tip: trialTip(trial),
    })),
  ];
}

const LETTER_WIDTH = 6.8;
const [SIDE, WIDE_HEIGHT, ROW_HEIGHT] = [74, 380, 72];

/** Axes stand beside each other; on a phone each has a row of its own. */
function parallelPlot(
  plot: Plot,
  { width, narrow }: Size,
  axes: readonly Axis[],
  lines: readonly Line[],
  chosen: number | null,
): PlotOptions {
  const last = axes.length - 1;
  const apart = (width - 2 * SIDE) / last;
  const points = lines.flatMap((line): Point[] =>
    line.places.flatMap((share, axis) =>
      share === null ? [] : [{ ...line, ...(narrow ? { x: share, y: axis } : { x: axis, y: share }) }],
    ),
  );
  const length = narrow ? width - 60 : WIDE_HEIGHT - 90;
  const ticks = axes.flatMap((axis, place) =>
    fitting(axis.ticks, length, narrow ? undefined : 14).map(({ at, text }) =>
      narrow
        ? { x: at, y: place, text, isLast: false }
        : {
            x: place,
            y: at,
            text: cut(text, Math.floor((0.8 * apart) / LETTER_WIDTH)),
            isLast: place === last,
          },
    ),
  );
  const names = axes.map(({ name }, place) => ({
    ...(narrow ? { x: 0, y: place } : { x: place, y: 1 }),
    text: narrow ? name : cut(name, Math.floor(apart / LETTER_WIDTH)),
  }));
  const rules = axes.map((_, place) => ({ place }));
  const tips = narrow ? {} : { title: 'tip' }; // a phone has no pointer
  const line = (of: readonly Point[], options: object) =>
    plot.line(of, { x: 'x', y: 'y', z: 'id', stroke: 'color', ...tips, ...options });
  const kind = (wanted: Line['kind']): Point[] => points.filter((point) => point.kind === wanted);
  const isChosen = kind('measured').filter(({ id }) => id === String(chosen));
  const halo = { stroke: 'var(--card)', strokeWidth: 4, fill: 'var(--ink)' } as const;
  return {
    height: narrow ? 40 + ROW_HEIGHT * axes.length : WIDE_HEIGHT,
    ...(narrow
      ? { marginTop: 34, marginBottom: 34, marginLeft: 30, marginRight: 30 }
      : { marginTop: 44, marginBottom: 20, marginLeft: SIDE, marginRight: SIDE }),
    x: { axis: null, domain: narrow ? [0, 1] : [0, last] },
    y: { axis: null, domain: narrow ? [0, last] : [0, 1], reverse: narrow },
    color: { type: 'identity' },
    marks: [
      line(kind('lost'), { strokeDasharray: '3 3', strokeOpacity: 0.7 }),
      line(kind('other'), { strokeOpacity: 0.4, strokeWidth: 1 }),
      line(kind('measured'), { strokeOpacity: lines.length > MANY_LINES ? 0.55 : 0.85, strokeWidth: 1.5 }),
      line(isChosen, { strokeWidth: 4.5 }),
      narrow
        ? plot.ruleY(rules, { y: 'place', stroke: 'var(--ink)' })
        : plot.ruleX(rules, { x: 'place', stroke: 'var(--ink)' }),
      ...[false, true].map((isLast) =>
        plot.text(
          ticks.filter((tick) => tick.isLast === isLast),
          {
            ...{ x: 'x', y: 'y', text: 'text', fontSize: 11, ...halo },
            ...(narrow ? { dy: 11 } : { dx: isLast ? 6 : -6, textAnchor: isLast ? 'start' : 'end' }),
          },
        ),
      ),
      plot.text(names, {
        ...{ x: 'x', y: 'y', text: 'text', fontWeight: 600, ...halo },
        ...(narrow ? { dy: -12, dx: -22, textAnchor: 'start' as const } : { dy: -20 }),
      }),
    ],
  };
}
