import type { RunEvent } from '../experiment/types.js';
import { duration, grouped } from './text.js';

const LONGEST_BAR = 30;
/** Room for the loss, the speed and the time left beside each other, whatever their digits. */
const ROOM_FOR_SPEED = 60;
const GAP = '  ';

/**
 * Two lines on how far a run is, each at most `columns` characters: task, epoch and a bar of the whole run; loss of
 * the latest step, training images a second and the time left. A narrow terminal gets no speed and a shorter bar.
 *
 * @param plan - Tasks of the run and epochs of each.
 */
export function progressLines(
  progress: Extract<RunEvent, { type: 'progress' }>,
  plan: { readonly tasks: number; readonly epochs: number },
  columns: number,
): string {
  const { task, epoch, step, steps, loss, samplesPerSecond, secondsLeft } = progress;
  const done = (task + (epoch + step / steps) / plan.epochs) / plan.tasks;
  const where = `task ${task + 1}/${plan.tasks} epoch ${epoch + 1}/${plan.epochs}`;
  const percent = `${Math.floor(100 * done)} %`.padStart(5);
  const room = columns - where.length - percent.length - 2 * GAP.length;
  const speed = columns >= ROOM_FOR_SPEED ? [`${grouped(samplesPerSecond)} images/s`] : [];
  return [
    [where, ...bar(done, Math.min(room, LONGEST_BAR)), percent],
    [`loss ${loss.toFixed(4)}`, ...speed, `${duration(secondsLeft)} left`],
  ]
    .map((parts) => parts.join(GAP).slice(0, columns))
    .join('\n');
}

const PHASES = {
  direction: { name: 'finding the direction', objective: 'g' },
  'equilibrium-point': { name: 'finding the equilibrium point', objective: 'loss' },
} as const;

/** Two lines on a search, like {@link progressLines}: what is sought and a bar of it; the latest objective. */
export function searchLines(
  search: Extract<RunEvent, { type: 'search' }>,
  plan: { readonly tasks: number },
  columns: number,
): string {
  const { phase, task, step, steps, objective } = search;
  const where = `task ${task + 1}/${plan.tasks} ${PHASES[phase].name}`;
  const percent = `${Math.floor((100 * step) / steps)} %`.padStart(5);
  const room = columns - where.length - percent.length - 2 * GAP.length;
  return [
    [where, ...bar(step / steps, Math.min(room, LONGEST_BAR)), percent],
    [`${PHASES[phase].objective} ${objective.toFixed(4)}`],
  ]
    .map((parts) => parts.join(GAP).slice(0, columns))
    .join('\n');
}

/** No bar where there is no room for one. */
function bar(fraction: number, width: number): string[] {
  if (width < 1) return [];
  const filled = Math.floor(width * fraction);
  return ['█'.repeat(filled) + '░'.repeat(width - filled)];
}
