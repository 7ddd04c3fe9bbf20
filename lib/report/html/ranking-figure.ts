import { AVERAGE, type Method, measured, nameOf } from '../text/comparison.js';
import { cellText } from '../text/data-table.js';
import { onImages } from './comparison-figures.js';
import type { Figure } from './figure.js';
import { areMany, arePlaces, brokenAt, plainColor } from './many-methods.js';
import { percentDomain } from './ticks.js';

const LETTER_WIDTH = 6.8;
const [LINE_HEIGHT, ROW_SPACE] = [14, 10];
/** Above and below the rows. */
const FRAME = 70;
/** Of the picture's width, at most for the names. */
const NAME_SHARE = 0.42;
/** At the right, for the numbers. */
const NUMBERS = 88;

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
      'A dot for the mean over the seeds, small ones for each seed; the line is one standard deviation to each side.',
    description: ranked.map(({ name, mean }) => `${name}: ${cellText(mean, 1)} percent.`).join(' '),
    isFull: true,
    plot: (plot, { narrow, width }) => {
      const longest = LETTER_WIDTH * Math.max(...titles.map((title) => title.length));
      const nameRoom = narrow ? width - NUMBERS : Math.min(NAME_SHARE * width, longest);
      const marginLeft = narrow ? 8 : 12 + nameRoom;
      const names = titles.map((title) => brokenAt(title, Math.floor(nameRoom / LETTER_WIDTH)));
      const lines = Math.max(...names.map((name) => name.split('\n').length)) + (narrow ? 1 : 0);
      const rows = ranked.map(({ mean, deviation, seeds, color }, row) => ({
        ...{ row: row + 0.5, name: names[row] ?? '', mean, seeds, color },
        ...{ low: mean - (deviation ?? 0), high: mean + (deviation ?? 0) },
        text: deviation === null ? cellText(mean, 2) : `${cellText(mean, 2)} ± ${cellText(deviation, 2)}`,
      }));
      return {
        height: FRAME + rows.length * (lines * LINE_HEIGHT + ROW_SPACE),
        marginLeft,
        marginRight: NUMBERS,
        x: {
          label: 'percent right',
          grid: true,
          nice: true,
          ticks: narrow ? 3 : 10,
          domain: percentDomain(rows.flatMap(({ low, high, seeds }) => [low, high, ...seeds])),
        },
        y: { axis: null, domain: [0, rows.length], reverse: true },
        color: { type: 'identity' },
        marks: [
          plot.text(rows, {
            ...{ frameAnchor: 'left', y: 'row', text: 'name', fill: 'var(--ink)' },
            ...(narrow ? { lineAnchor: 'bottom', dy: -8 } : { textAnchor: 'end', dx: -8 }),
          }),
          plot.text(rows, {
            frameAnchor: 'right',
            textAnchor: 'start',
            y: 'row',
            text: 'text',
            dx: 8,
            fill: 'var(--ink)',
          }),
          plot.ruleY(rows, { y: 'row', x1: 'low', x2: 'high', stroke: 'color', strokeWidth: 1.5 }),
          plot.dot(
            rows.flatMap(({ row, seeds, color }) => seeds.map((percent) => ({ row, percent, color }))),
            { x: 'percent', y: 'row', r: 2, fill: 'color', fillOpacity: 0.6 },
          ),
          plot.dot(rows, { x: 'mean', y: 'row', r: 4.5, fill: 'color' }),
        ],
      };
    },
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
