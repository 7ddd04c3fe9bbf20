import type { RunEvent, TaskReport } from '../../runs/types.js';
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
function ofTask({ task, accuracy, mean, seconds, report }: Extract<RunEvent, { type: 'task' }>): Scalar[] {
  const values: [tag: string, value: number | null | undefined][] = [
    ['accuracy/mean', mean],
    ...accuracy.map((value, measured): [string, number] => [`accuracy/task_${measured}`, value]),
    ['seconds/task', seconds],
    ['direction/g_first', report.direction?.objectiveFirst],
    ['direction/g_last', report.direction?.objectiveLast],
    ['direction/deviation', report.deviation],
    ['seconds/direction', report.direction?.seconds],
    ['equilibrium_point/lambda', report.equilibriumPoint?.path.at(-1)],
    ['equilibrium_point/loss', report.equilibriumPoint?.loss],
    ['seconds/equilibrium_point', report.equilibriumPoint?.seconds],
  ];
  const known = values.flatMap(([tag, value]) =>
    typeof value === 'number' ? [{ tag, value, step: task }] : [],
  );
  return [...known, ...lambdaPath(task, report)];
}

/** lambda over the steps of its descent. */
function lambdaPath(task: number, { equilibriumPoint }: TaskReport): Scalar[] {
  const path = equilibriumPoint?.path ?? [];
  return path.map((value, step) => ({ tag: `lambda_path/task_${task}`, value, step }));
}
