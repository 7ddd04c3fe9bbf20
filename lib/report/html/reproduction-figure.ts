import { halfInterval } from '../../metrics/statistics.js';
import type { RowOutcome } from '../../reproductions/outcome.js';
import { cellText } from '../text/data-table.js';
import type { Figure } from './figure.js';
import { percentDomain, percentRange } from './ticks.js';

/** Published values and ours of one scenario, on one line each. Null where nothing was measured. */
export function reproductionFigure(rows: readonly RowOutcome[], scenario: string): Figure | null {
  const shown = rows.flatMap(({ row, ours, runs, verdict }) => {
    if (row.scenario !== scenario || ours === null) return [];
    const half = halfInterval(ours, runs.filter(({ diverged }) => !diverged).length);
    return [{ row, mean: ours.mean, half, verdict }];
  });
  if (shown.length === 0) return null;
  const lines = shown.map(({ row, mean, half, verdict }, place) => ({
    name: row.method,
    mean,
    ...percentRange(mean, half),
    published: row.published?.mean ?? null,
    accepted: row.accepted ?? null,
    color: verdict === 'outside' ? 'var(--series-1)' : 'var(--series-0)',
    top: place + 0.5,
    middle: place + 0.72,
    bottom: place + 0.94,
  }));
  const bands = lines.flatMap((line) =>
    line.accepted === null
      ? []
      : [{ ...line, least: line.accepted[0], most: Math.min(100, line.accepted[1]) }],
  );
  const ticks = lines.flatMap((line) =>
    line.published === null ? [] : [{ ...line, published: line.published }],
  );
  const reach = [
    ...lines.flatMap(({ low, high }) => [low, high]),
    ...bands.flatMap(({ least, most }) => [least, most]),
  ];
  return {
    id: `published-${scenario}`,
    title: `${scenario}-incremental`,
    caption:
      'The grey band is what is accepted and the line in it what was published; the dot is our mean over the seeds, with its ' +
      '95 % confidence interval.',
    description: lines
      .map(
        ({ name, mean, published }) =>
          `${name}: ${cellText(mean, 1)} percent${published === null ? '' : `, published ${cellText(published, 1)}`}.`,
      )
      .join(' '),
    plot: (plot, { narrow }) => ({
      height: 60 + 44 * lines.length,
      marginLeft: 8,
      marginRight: 16,
      x: {
        label: 'average accuracy, %',
        grid: true,
        ticks: narrow ? 4 : 7,
        domain: percentDomain([...reach, ...ticks.map(({ published }) => published)]),
      },
      y: { axis: null, domain: [0, lines.length], reverse: true },
      color: { type: 'identity' },
      marks: [
        plot.rect(bands, {
          x1: 'least',
          x2: 'most',
          y1: 'top',
          y2: 'bottom',
          fill: 'var(--ink)',
          fillOpacity: 0.14,
        }),
        plot.ruleX(ticks, {
          x: 'published',
          y1: 'top',
          y2: 'bottom',
          stroke: 'var(--ink)',
          strokeWidth: 1.5,
        }),
        plot.ruleY(lines, { y: 'middle', x1: 'low', x2: 'high', stroke: 'color', strokeWidth: 2.5 }),
        plot.dot(lines, { x: 'mean', y: 'middle', fill: 'color', r: 4.5 }),
        plot.text(lines, {
          frameAnchor: 'left',
          y: 'top',
          text: 'name',
          lineAnchor: 'bottom',
          dx: 2,
          dy: -3,
          stroke: 'var(--card)',
          strokeWidth: 4,
          fill: 'var(--ink)',
        }),
      ],
    }),
    table: {
      caption: `${scenario}-incremental, percent: ours with half of its 95 % confidence interval, and published`,
      name: `published-${scenario}`,
      columns: [
        { label: 'method' },
        { label: 'ours', unit: '%', digits: 2 },
        { label: 'half interval', unit: 'points', digits: 2 },
        { label: 'published', unit: '%', digits: 2 },
      ],
      rows: shown.map(({ row, mean, half }) => [row.method, mean, half, row.published?.mean ?? null]),
    },
  };
}
