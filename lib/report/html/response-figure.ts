import type { Markish, PlotOptions } from '@observablehq/plot';
import type { TrialSummary } from '../../sweep/plan/types.js';
import type { Cell, DataTable } from '../text/data-table.js';
import type { Figure, Plot, Size } from './figure.js';
import { cut, fitting, type SettingAxis } from './sweep-axis.js';
import { extremesWords, type Landscape, responseCurves, trialTip } from './sweep-landscape.js';
import { percentDomain } from './ticks.js';

const LETTER_WIDTH = 6.8;
const [PANEL_HEIGHT, MOST_COLUMNS] = [190, 3];
const [MEAN, BEST] = ['var(--series-1)', 'var(--series-2)'];

/** The values of a method's settings over each option that varies. */
export function responseFigure(index: number, landscape: Landscape): Figure {
  const { name, axes, measured, ended, lost, chosen, measure, images } = landscape;
  const isSingle = areSingle(landscape);
  return {
    id: `response-${index}`,
    title: `${name}: over each option, on ${images}`,
    caption:
      `A dot for each setting: its ${measure} (mean over the seeds). ` +
      `${isSingle ? 'The line joins them.' : 'The lines go through the mean and the best of the settings at a value, or of neighbouring ones.'}${lost.length > 0 ? ' A cross below: failed or diverged.' : ''}${ended.length > 0 ? ' A plus below: not promoted so far.' : ''}`,
    description: extremesWords(landscape),
    legend: [
      { label: 'a setting', color: 'var(--series-0)' },
      ...(isSingle
        ? []
        : [
            { label: 'mean', color: MEAN },
            { label: 'best', color: BEST },
          ]),
      ...(measured.some(({ number }) => number === chosen) ? [{ label: 'chosen', color: 'var(--ink)' }] : []),
    ],
    isFull: true,
    plot: (plot, size) => responsePlot(plot, size, landscape),
    table: curvesTable(index, axes, landscape),
  };
}

/** Whether no value has two settings, so that the best one is the mean. */
function areSingle({ axes, measured }: Landscape): boolean {
  return axes.every(
    (axis) => axis.isDiscrete && responseCurves(axis, measured).mean.length === measured.length,
  );
}

interface Panel {
  readonly fx: number;
  readonly fy: number;
  readonly axis: SettingAxis;
}

function responsePlot(plot: Plot, { width, narrow }: Size, landscape: Landscape): PlotOptions {
  const { axes, measured, ended, lost, chosen, measure } = landscape;
  const columns = narrow ? 1 : axes.length === 4 ? 2 : Math.min(MOST_COLUMNS, axes.length);
  const panels = axes.map(
    (axis, place): Panel => ({
      axis,
      fx: place % columns,
      fy: Math.floor(place / columns),
    }),
  );
  const pixels = (0.86 * (width - 54)) / columns;
  const facets = { fx: 'fx', fy: 'fy' } as const;
  const placed = <Of extends TrialSummary>(trials: readonly Of[]) =>
    panels.flatMap(({ axis, ...panel }) =>
      trials.flatMap((trial) => {
        const at = axis.at(trial.setting[axis.key]);
        return at === null ? [] : [{ ...panel, at, trial }];
      }),
    );
  const dots = placed(measured).map(({ trial, ...place }) => ({
    ...place,
    value: trial.value,
    tip: trialTip(trial),
    isChosen: trial.number === chosen,
  }));
  const curve = (of: 'mean' | 'best', stroke: string): Markish =>
    plot.line(
      panels.flatMap(({ axis, ...panel }) =>
        responseCurves(axis, measured)[of].map((point) => ({ ...panel, ...point })),
      ),
      { ...facets, x: 'at', y: 'value', stroke, strokeWidth: 2, marker: 'circle' },
    );
  const ticks = panels.flatMap(({ axis, ...panel }) =>
    fitting(axis.ticks, pixels).map((tick) => ({ ...panel, ...tick })),
  );
  const titles = panels.map(({ axis, ...panel }) => ({
    ...panel,
    text: cut(axis.key, Math.floor(pixels / LETTER_WIDTH)),
  }));
  const below = { ...facets, x: 'at', frameAnchor: 'bottom', dy: -5 } as const;
  const rows = Math.ceil(axes.length / columns);
  return {
    height: 80 + rows * PANEL_HEIGHT,
    ...{ marginTop: 54, marginBottom: 30, marginLeft: 42, marginRight: 12 },
    fx: { axis: null, paddingInner: 0.14, paddingOuter: 0.01 },
    fy: { axis: null, paddingInner: 0.38, paddingOuter: 0 },
    x: { axis: null, domain: [-0.03, 1.03] },
    y: {
      label: narrow ? `${measure}, %` : `${measure}, percent right`,
      grid: true,
      nice: true,
      ticks: 4,
      domain: percentDomain(measured.map(({ value }) => value)),
    },
    color: { type: 'identity' },
    marks: [
      plot.dot(dots, {
        ...{ ...facets, x: 'at', y: 'value', r: 2.6 },
        ...(narrow ? {} : { title: 'tip' }),
        ...{ fill: 'var(--series-0)', fillOpacity: dots.length > 300 ? 0.45 : 0.7 },
      }),
      ...(areSingle(landscape)
        ? [curve('mean', 'var(--series-0)')]
        : [curve('mean', MEAN), curve('best', BEST)]),
      plot.dot(
        dots.filter(({ isChosen }) => isChosen),
        { ...facets, x: 'at', y: 'value', r: 6.5, stroke: 'var(--ink)', strokeWidth: 2 },
      ),
      plot.dot(placed(lost), { ...below, symbol: 'times', r: 3.5, stroke: 'var(--ink)' }),
      plot.dot(placed(ended), { ...below, symbol: 'plus', r: 3.5, stroke: 'var(--soft)' }),
      plot.text(ticks, {
        ...facets,
        x: 'at',
        frameAnchor: 'bottom',
        lineAnchor: 'top',
        dy: 8,
        text: 'text',
        fill: 'var(--ink)',
      }),
      plot.text(titles, {
        ...{ ...facets, frameAnchor: 'top-left', lineAnchor: 'bottom', dy: -11, text: 'text' },
        ...{ fill: 'var(--ink)', fontWeight: 600 },
      }),
    ],
  };
}

/** The lines in numbers. */
function curvesTable(
  index: number,
  axes: readonly SettingAxis[],
  { measured, measure, images }: Landscape,
): DataTable {
  const rows = axes.flatMap((axis): Cell[][] => {
    const { mean, best } = responseCurves(axis, measured);
    return mean.map((point, i) => [axis.key, axis.text(point.at), point.value, best[i]?.value ?? null]);
  });
  return {
    caption: `Mean and best ${measure} of the settings near a value, percent of ${images}`,
    name: `response-${index}`,
    columns: [
      { label: 'option' },
      { label: 'value' },
      { label: 'mean', unit: `% of ${images}`, digits: 2 },
      { label: 'best', unit: `% of ${images}`, digits: 2 },
    ],
    rows,
  };
}
