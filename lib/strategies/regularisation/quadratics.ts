import type { PenaltyInput } from '../../session/penalty.js';
import type { Session } from '../../session/session.js';
import type { TaskContext } from '../../training/strategy.js';

/** What is kept of the quadratic penalties of several tasks. */
export interface Kept {
  /** Begins the names of the vectors. */
  readonly name: string;
  /** The exact sum of the penalties; one penalty around the last weights (online); or a penalty a task. */
  readonly form: 'sum' | 'online' | 'separate';
  /** Share of the earlier importance that a task leaves, of the form online. */
  readonly gamma: number;
  readonly strength: number;
}

/** The penalties of the tasks before this one. */
export function quadraticPenalties({ name, form, strength }: Kept, task: number): PenaltyInput[] {
  const ends = form === 'separate' ? [...Array(task).keys()].map((each) => `-${each}`) : [''];
  return (task > 0 ? ends : []).map((end) => ({
    strength,
    anchor: `${name}-anchor${end}`,
    importance: `${name}-importance${end}`,
  }));
}

/** Adds the penalty of a task that has been learnt; `measure` makes a vector its importance. */
export async function addQuadratic(
  { name, form, gamma }: Kept,
  { session, task }: TaskContext,
  measure: (target: string) => Promise<void>,
): Promise<void> {
  const { vectors } = session;
  const end = form === 'separate' ? `-${task}` : '';
  const [anchor, importance, own] = [`${name}-anchor${end}`, `${name}-importance${end}`, `${name}-task`];
  if (form === 'separate' || task === 0) {
    await measure(importance);
    await vectors.copy('parameters', anchor);
    return;
  }
  await measure(own);
  if (form === 'online') await vectors.scale(importance, gamma);
  await vectors.add(importance, own);
  if (form === 'online') await vectors.copy('parameters', anchor);
  else await moveAnchor(session, { anchor, importance, own, sum: `${name}-sum` });
  await vectors.drop(own);
}

interface Moved {
  readonly anchor: string;
  /** Of all tasks, the last one included. */
  readonly importance: string;
  /** Of the last task; it is used up. */
  readonly own: string;
  /** Is made and dropped. */
  readonly sum: string;
}

/**
 * The anchor of a sum of quadratics is the mean of their anchors by importance: it moves towards the weights now by this
 * task's share, F / ΣF. Where no task has an importance it stays.
 */
async function moveAnchor({ vectors }: Session, { anchor, importance, own, sum }: Moved): Promise<void> {
  const tiny = 1e-30; // far below what a difference that matters is measured by
  await vectors.fill(sum, tiny);
  await vectors.add(sum, importance);
  await vectors.divide(own, sum);
  await vectors.copy('parameters', sum);
  await vectors.add(sum, anchor, -1);
  await vectors.multiply(sum, own);
  await vectors.add(anchor, sum);
  await vectors.drop(sum);
}
