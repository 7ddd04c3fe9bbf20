import { AVERAGE, type Method, measured, nameOf } from '../text/comparison.js';
import { cellText } from '../text/data-table.js';
import { onImages } from './comparison-figures.js';
import type { Figure } from './figure.js';
import { areMany, arePlaces, plainColor } from './many-methods.js';
import { spreadRowsPlot } from './spread-rows.js';

/** The methods by their average accuracy, the best first; null where they are few enough for the other pictures to tell. */
export function rankingFigure(methods: readonly Method[]): Figure | null {
  if (!areMany(methods)) return null;
  const ranked = methods
    .flatMap((method) => {
      const value = measured(method, AVERAGE);
      const seeds = method.runs.flatMap((run) => AVERAGE.of(run) ?? []);
      return value === null ? [] : [{ name: nameOf(method), color: plainColor(method), seeds, ...value }];
    })
    .sort((a, b) => b.mean - a.mean);
  if (ranked.length === 0) return null;
  const titles = ranked.map(({ name }, place) => (arePlaces(methods) ? `${place + 1}. ${name}` : name));
  return {
    id: 'ranking',
    title: `Average accuracy, the best first${onImages(methods)}`,
    caption:
      'A dot for the mean over the seeds, small ones for each seed; the line is one standard deviation to each side, within 0 and 100.',
    description: ranked.map(({ name, mean }) => `${name}: ${cellText(mean, 1)} percent.`).join(' '),
    isFull: true,
    plot: (plot, size) =>
      spreadRowsPlot(
        plot,
        size,
        ranked.map((row, place) => ({ ...row, name: titles[place] ?? '' })),
      ),
    table: {
      caption: 'Average accuracy, percent right',
      name: 'ranking',
      columns: [
        { label: 'method' },
        { label: 'mean', unit: '%', digits: 2 },
        { label: 'sd', unit: '%', digits: 2 },
      ],
      rows: ranked.map(({ name, mean, deviation }) => [name, mean, deviation]),
    },
  };
}
