import type { Colors } from 'picocolors/types.js';
import { count } from '../../base/count.js';
import type { ComparisonProgress } from './comparison-progress.js';
import { valueText, WIDE, withBars } from './live.js';
import { sparkline } from './sparkline.js';
import { duration } from './text.js';

const LONGEST_CURVE = 24;
const GAP = '  ';

/**
 * The live picture of a comparison, five lines of at most `columns` characters: one empty, the method and seed that is
 * learnt with a bar, its task and loss, the methods to come, and all runs with their bar and the time left.
 *
 * @param stage - What is done before the first run begins.
 */
export function comparisonLines(
  progress: ComparisonProgress,
  stage: string,
  columns: number,
  colors: Colors,
): string {
  const { current, total, finished, secondsLeft, done } = progress;
  const left = secondsLeft === undefined ? '' : `${duration(secondsLeft)} left`;
  const name = current ? `${current.label}, seed ${current.run.seed}` : `${stage} …`;
  const [run, all] = withBars(
    [
      { label: `▸ ${name}`, done: current?.progress.done ?? 0, after: [] },
      {
        label: `${GAP}all runs`,
        done,
        after: columns < WIDE ? [left] : [`${finished} of ${total} done`, left],
      },
    ],
    columns,
    colors,
  );
  return ['', run, taskLine(progress, columns, colors), nextLine(progress, columns, colors), all].join('\n');
}

function taskLine({ current }: ComparisonProgress, columns: number, { cyan }: Colors): string {
  if (!current) return '';
  const { task, tasks, activity } = current.progress;
  const { name, measure, value, curve } = activity;
  const loss = value === undefined ? '' : `${GAP}${measure} ${valueText(value)}`;
  const words = `${GAP}task ${task} (of ${tasks})${GAP}${name}${loss}`.slice(0, columns);
  const room = Math.min(columns - words.length - GAP.length, LONGEST_CURVE);
  return room < 1 || curve.length === 0 ? words : `${words}${GAP}${cyan(sparkline(curve, room))}`;
}

function nextLine({ beside, toCome }: ComparisonProgress, columns: number, { dim }: Colors): string {
  const others =
    beside === 0 ? [] : [`${count(beside, 'run')} ${beside === 1 ? 'trains' : 'train'} beside it`];
  const next = toCome.length === 0 ? [] : [`${toCome.join(', ')} to come`];
  const words = [...others, ...next].join('; ') || 'the last method';
  return dim(`· ${words}`.slice(0, columns));
}
