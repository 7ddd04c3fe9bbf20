import { expect } from 'vitest';
import { resumeExperiment, runExperiment } from '../../lib/index.js';
import type { RunEvent } from '../../lib/runs/types.js';
import type { Sandbox } from '../cli/command.js';
import { type Method, modelIn, shortRun, timeless } from './runs.js';

/** What {@link runUntil} throws to stop a run. */
export class Stopped extends Error {}

/** Runs until the event numbered `last`, where the caller's callback throws: true when the run was stopped there. */
export async function runUntil(
  method: Method,
  { dataDir }: Sandbox,
  out: string,
  last: number,
): Promise<boolean> {
  let seen = 0;
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'progress' || event.type === 'search') return; // they come by the clock
    if (event.type === 'end' || seen++ < last) return;
    throw new Stopped();
  };
  try {
    await runExperiment(shortRun({ ...method, out }, dataDir), { onEvent });
    return false;
  } catch (error) {
    if (error instanceof Stopped) return true;
    throw error;
  }
}

/** Stops a run at each of its events in turn, and expects each to end bit for bit like one that was not stopped. */
export async function expectSameWhereverStopped(method: Method, box: Sandbox, folder: string): Promise<void> {
  const out = `${folder}-whole`;
  const whole = await runExperiment(shortRun({ ...method, out }, box.dataDir));
  const model = await modelIn(out);
  let stops = 0;
  for (; await runUntil(method, box, `${folder}-${stops}`, stops); ++stops) {
    const result = await resumeExperiment(`${folder}-${stops}`);
    expect(timeless(result), `stopped at event ${stops}`).toEqual(timeless(whole));
    expect(await modelIn(`${folder}-${stops}`)).toEqual(model);
    expect(result.status).toBe('completed');
  }
  expect(stops).toBe(1 + 2 + 2 * 2 + 2); // start, task-start, epoch, task
}
