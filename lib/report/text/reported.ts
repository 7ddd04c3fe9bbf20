import { taskMean } from '../../metrics/index.js';
import type { RunResult } from '../../runs/types.js';
import type { TaskMeasure, TaskReport } from '../../training/report.js';
import { decimal } from './text.js';

/** What a strategy told of a phase, or of none: one line, one table. */
export interface ReportGroup {
  /** The phase's; undefined for measures of no phase. */
  readonly name: string | undefined;
  readonly label: string | undefined;
  readonly measures: readonly (readonly [name: string, measure: TaskMeasure])[];
  /** Mean percent right on the tasks seen so far, before the phase and after it; null where it was not measured. */
  readonly means: { readonly before: number; readonly after: number } | null;
}

/**
 * A report by its phases, in the order in which they came, and what belongs to none last.
 *
 * @param accuracy - Percent right on each task seen so far, after the task.
 */
export function groupsOf(report: TaskReport, accuracy: readonly number[]): ReportGroup[] {
  const measures = Object.entries(report.measures);
  const of = (name: string | undefined) => measures.filter(([, { phase }]) => phase === name);
  const phases = Object.entries(report.phases).map(([name, { label }], place) => ({
    name,
    label,
    measures: of(name),
    means: meansOf(report, place, accuracy),
  }));
  return [...phases, { name: undefined, label: undefined, measures: of(undefined), means: null }];
}

/** What a phase changed shows in what was measured next: before a later phase, or after the task. */
function meansOf({ phases }: TaskReport, place: number, accuracy: readonly number[]): ReportGroup['means'] {
  const [before, ...later] = Object.values(phases)
    .slice(place)
    .map(({ accuracyBefore }) => accuracyBefore ?? []);
  if (before === undefined || before.length === 0) return null;
  const after = later.find(({ length }) => length > 0) ?? accuracy;
  return { before: taskMean(before), after: taskMean(after) };
}

/** What a strategy told of a task beside its accuracies, in its own words: a line for each phase, and one for the rest. */
export function reportLines({
  accuracy,
  report,
}: {
  readonly accuracy: readonly number[];
  readonly report: TaskReport;
}): string[] {
  return groupsOf(report, accuracy).flatMap(({ label, measures, means }) => {
    const parts = measures.flatMap(([, measure]) => sentenceOf(measure) ?? []);
    if (means) parts.push(`mean ${decimal(means.before)} → ${decimal(means.after)}`);
    if (parts.length === 0) return [];
    return [`${label === undefined ? '' : `${label}: `}${parts.join('; ')}`];
  });
}

/** `{}`, `{.2}` or `{%}` in the words of a measure's line. */
const PLACE = /\{(?:\.(\d{1,2}))?(%?)\}/g;

function sentenceOf({
  label,
  value,
  before,
  unit,
  digits,
  line = `${label} {}`,
}: TaskMeasure): string | null {
  if (line === null || value === null) return null;
  const values = typeof before === 'number' ? [before, value] : [value];
  return line.replace(PLACE, (_, decimals: string | undefined, percent: string) => {
    const places = decimals === undefined ? (percent ? 0 : digits) : Number(decimals);
    const texts = values.map((each) => numberText(percent ? 100 * each : each, places));
    const sign = percent || unit;
    return `${texts.join(' → ')}${sign ? ` ${sign}` : ''}`;
  });
}

/** A number for people: with so many decimals, or with four significant digits. */
export function numberText(value: number, digits: number | undefined): string {
  if (!Number.isFinite(value)) return String(value);
  return digits === undefined ? String(Number(value.toPrecision(4))) : value.toFixed(digits);
}

/** The strategy's phases of a whole run, with their seconds. */
export function phaseTimes({
  seconds,
  taskReports,
}: Pick<RunResult, 'seconds' | 'taskReports'>): { readonly label: string; readonly seconds: number }[] {
  const labels = new Map(
    taskReports.flatMap(({ phases }) => Object.entries(phases).map(([name, { label }]) => [name, label])),
  );
  return Object.entries(seconds.phases).map(([name, value]) => ({
    label: labels.get(name) ?? name,
    seconds: value,
  }));
}
