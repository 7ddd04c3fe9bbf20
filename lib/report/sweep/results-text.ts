import type { SweepReport } from '../../sweep/plan/types.js';
import { methodLines, TEXT_WIDTH } from '../text/method-lines.js';
import { spread } from '../text/seeds.js';
import { wrapped } from '../text/text.js';
import { bestRows, measuredIn, resultRows } from './rows.js';
import { LEVEL, probabilityText, signed, significanceOf, significanceWords } from './significance.js';
import { resultsCaption } from './tables.js';
import { measureOf, SWEEP_MEASURES, settingWords } from './words.js';

/** So many pairs are told on a terminal; the page has all. */
const MOST_PAIRS = 10;

/** The results for a terminal, the best with an asterisk, and how sure the differences are. */
export function resultsText(report: SweepReport, columns: number = TEXT_WIDTH): string {
  const width = Math.min(columns, TEXT_WIDTH);
  const rows = resultRows(report);
  const measures = [measureOf(report.spec), ...SWEEP_MEASURES.slice(2, 4)];
  const best = measures.map((measure) => bestRows(rows, measure));
  const lines = rows.map((row, place) => ({
    label: labelOf(row.label, row.setting, report),
    seeds: `${row.runs.length}${row.lost.length + row.left > 0 ? ` of ${row.runs.length + row.lost.length + row.left}` : ''}`,
    cells: measures.map((measure, column) => {
      const value = measuredIn(row.runs, measure);
      const mark = best[column]?.has(place) ? '*' : '';
      return value === null ? '–' : `${spread(value).replaceAll('-', '−')}${mark}`;
    }),
  }));
  const anyBest = best.some(({ size }) => size > 0);
  const caption = resultsCaption(report, rows, anyBest).replace('Bold:', '*:');
  const heads = [report.spec.choice.by === 'final' ? 'accuracy, %' : 'average, %', 'forgetting', 'time, s'];
  return [
    ...methodLines(heads, lines, columns).map((line) => wrappedLabel(line, width)),
    '',
    wrapped(caption, width),
    ...significanceLines(report, width),
  ].join('\n');
}

function labelOf(label: string, setting: object | null, { spec }: SweepReport): string {
  if (spec.choice.kind === 'none' || setting === null) return label;
  const words = settingWords(setting as Parameters<typeof settingWords>[0]);
  return words === '' ? label : `${label}: ${words}`;
}

/** A label with a line of its own may be longer than the terminal is wide. */
function wrappedLabel(text: string, width: number): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : `${wrapped(text.slice(0, end), width)}${text.slice(end)}`;
}

function significanceLines(report: SweepReport, width: number): string[] {
  const significance = significanceOf(report);
  if (significance === null) return [];
  const pairs = [...significance.pairs].sort((one, other) => one.p - other.p);
  const lines = pairs.slice(0, MOST_PAIRS).map(({ first, second, mean, interval, adjusted }) => {
    const mark = adjusted < LEVEL ? '*' : '';
    const [low, high] = interval.map(signed);
    return wrapped(
      `  ${first.label} − ${second.label}: ${signed(mean)} points (${low} to ${high}), p ${probabilityText(adjusted)}${mark}`,
      width,
    );
  });
  const others = pairs.length - lines.length;
  return [
    '',
    wrapped(significanceWords(report, significance), width),
    ...lines,
    ...(others > 0 ? [`  and ${others} more: cl-torch sweep report has all`] : []),
  ];
}
