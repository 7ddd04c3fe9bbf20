import type { Colors } from 'picocolors/types.js';
import type { Activity, RunProgress } from './run-progress.js';
import { sparkline } from './sparkline.js';
import { duration, grouped } from './text.js';

const LONGEST_BAR = 30;
const LONGEST_CURVE = 40;
/** From here on there is room for the speed, and for the bars to lie one below the other. */
export const WIDE = 60;
const LABEL_WIDTH = 'task 10  epoch 10/10'.length;
/** Room for what changes its length, so that the bars do not. */
const SPEED_WIDTH = '999,999 images/s'.length;
const LEFT_WIDTH = '59 min 59 s left'.length;
const GAP = '  ';

/** A line with a bar: what comes before it, how full it is from 0 to 1, what comes after. */
export interface BarLine {
  readonly label: string;
  readonly done: number;
  readonly after: readonly string[];
}

/**
 * The live picture of a run, five lines of at most `columns` characters: one empty, the task that is learnt with a bar,
 * its loss with the curve so far, the tasks to come, and the whole run with its bar, speed and time left. A narrow
 * terminal gets shorter bars and no speed.
 */
export function liveLines(run: RunProgress, columns: number, colors: Colors): string {
  const [task, whole] = withBars([taskLine(run), wholeLine(run, columns)], columns, colors);
  return [
    '',
    task,
    measureLine(run.activity, columns, colors),
    colors.dim(`· ${toCome(run.task + 1, run.tasks - 1)}`.slice(0, columns)),
    whole,
  ].join('\n');
}

/** Lines of at most `columns` characters, with bars of the same length, below each other where there is room for that. */
export function withBars(lines: readonly BarLine[], columns: number, colors: Colors): string[] {
  const padded = lines.map((line) => ({ ...line, label: label(line.label, columns) }));
  const rooms = padded.map((line) => columns - text(line, '').length).filter((room) => room > 0);
  const length = Math.min(LONGEST_BAR, ...rooms);
  return padded.map((line) => withBar(line, length, columns, colors));
}

function taskLine({ task, activity: { name, done } }: RunProgress): BarLine {
  return { label: `▸ task ${task}${GAP}${name}`, done, after: [] };
}

function wholeLine({ done, throughput }: RunProgress, columns: number): BarLine {
  const speed = throughput ? `${grouped(throughput.samplesPerSecond)} images/s` : '';
  const left = throughput ? `${duration(throughput.secondsLeft)} left` : '';
  const after = columns >= WIDE ? [speed.padStart(SPEED_WIDTH), left.padStart(LEFT_WIDTH)] : [left];
  return { label: '  all tasks', done, after };
}

function label(words: string, columns: number): string {
  return columns >= WIDE ? words.padEnd(LABEL_WIDTH) : words;
}

function measureLine({ measure, value, curve }: Activity, columns: number, { cyan }: Colors): string {
  if (value === undefined) return '';
  const words = `${GAP}${measure} ${valueText(value)}`.slice(0, columns);
  const room = Math.min(columns - words.length - GAP.length, LONGEST_CURVE);
  return room < 1 ? words : `${words}${GAP}${cyan(sparkline(curve, room))}`;
}

/** Four decimals; of what these would make zero its size. */
export function valueText(value: number): string {
  return value !== 0 && Math.abs(value) < 0.000_05 ? value.toExponential(2) : value.toFixed(4);
}

function toCome(first: number, last: number): string {
  if (first > last) return 'the last task';
  return first === last ? `task ${last} to come` : `tasks ${first} to ${last} to come`;
}

/** Without a bar where there is no room for one. */
function withBar(line: BarLine, length: number, columns: number, { cyan, dim }: Colors): string {
  if (text(line, '').length >= columns) {
    return [line.label, percent(line.done), ...line.after].join(GAP).slice(0, columns).trimEnd();
  }
  const filled = Math.floor(length * line.done);
  return text(line, `${cyan('█'.repeat(filled))}${dim('░'.repeat(length - filled))}`).trimEnd();
}

function text({ label, done, after }: BarLine, bar: string): string {
  return [label, bar, percent(done), ...after].join(GAP);
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`.padStart(5);
}
