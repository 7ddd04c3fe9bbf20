import { taskMean } from '../../metrics/index.js';
import type { RunEvent } from '../../runs/types.js';
import type { TaskCurve, TaskReport } from '../../training/report.js';
import type { Scalar } from './event.js';

/** A point of a curve that was measured before the event that tells of it. */
export interface Point extends Scalar {
  readonly secondsAgo: number;
}

/** Turns one run's events into curves (docs/events.md lists them). */
export class RunScalars {
  /** Training steps so far. */
  #steps = 0;

  of(event: RunEvent): Point[] {
    if (event.type === 'epoch') return this.#ofEpoch(event);
    return event.type === 'task' ? ofTask(event).map(now) : [];
  }

  #ofEpoch({ loss, seconds, samplesPerSecond, stepLosses }: Extract<RunEvent, { type: 'epoch' }>): Point[] {
    const before = this.#steps;
    const step = before + stepLosses.length;
    this.#steps = step;
    const ofSteps = Array.from(stepLosses, (value, i) => ({
      tag: 'loss/step',
      value,
      step: before + i + 1,
      secondsAgo: seconds * (1 - (i + 1) / stepLosses.length),
    }));
    const ofEpoch = [
      { tag: 'loss/epoch', value: loss, step },
      { tag: 'speed/images_per_second', value: samplesPerSecond, step },
      { tag: 'seconds/epoch', value: seconds, step },
    ];
    return [...ofSteps, ...ofEpoch.map(now)];
  }
}

function now(scalar: Scalar): Point {
  return { ...scalar, secondsAgo: 0 };
}

/** Over the number of the task. */
function ofTask(event: Extract<RunEvent, { type: 'task' }>): Scalar[] {
  const { task, accuracy, accuracyTaskAware, mean, seconds, report } = event;
  const taskAware = accuracyTaskAware ?? [];
  const values: (readonly [tag: string, value: number | null | undefined])[] = [
    ['accuracy/mean', mean],
    ...accuracy.map((value, measured): [string, number] => [`accuracy/task_${measured}`, value]),
    ...(accuracyTaskAware ? ([['accuracy_task_aware/mean', taskMean(taskAware)]] as const) : []),
    ...taskAware.map((value, measured): [string, number] => [`accuracy_task_aware/task_${measured}`, value]),
    ['seconds/task', seconds],
    ...ofReport(report),
  ];
  const known = values.flatMap(([tag, value]) =>
    typeof value === 'number' ? [{ tag, value, step: task }] : [],
  );
  return [...known, ...Object.entries(report.curves).flatMap((curve) => ofCurve(task, curve))];
}

/** Of a strategy's measures and phases, by their names. */
function ofReport({ measures, phases }: TaskReport): [tag: string, value: number | null | undefined][] {
  const ofMeasures = Object.entries(measures).flatMap(
    ([name, { phase, value, before }]): [string, number | null | undefined][] => [
      [`${folderOf(phase)}/${tagOf(name)}/before`, before],
      [`${folderOf(phase)}/${tagOf(name)}`, value],
    ],
  );
  const ofPhases = Object.entries(phases).flatMap(
    ([name, { seconds, accuracyBefore = [] }]): [string, number | null][] => [
      [`accuracy/before_${tagOf(name)}`, accuracyBefore.length > 0 ? taskMean(accuracyBefore) : null],
      [`seconds/${tagOf(name)}`, seconds],
    ],
  );
  return [...ofMeasures, ...ofPhases];
}

function ofCurve(task: number, [name, { phase, x, values }]: [string, TaskCurve]): Scalar[] {
  const { first = 0, every = 1 } = x;
  const tag = `${folderOf(phase)}/${tagOf(name)}/task_${task}`;
  return values.map((value, i) => ({ tag, value, step: Math.round(first + i * every) }));
}

/** What belongs to no phase is the strategy's. */
function folderOf(phase: string | undefined): string {
  return phase === undefined ? 'strategy' : tagOf(phase);
}

/** Names in TensorBoard have no hyphens here. */
function tagOf(name: string): string {
  return name.replaceAll('-', '_');
}
