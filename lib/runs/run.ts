import type { RunContext } from './context.js';
import { requireRun } from './folder.js';
import { runLoop } from './loop.js';
import { OutputDirectory } from './output.js';
import { readResultIfAny } from './read-result.js';
import { planResumption } from './resume.js';
import type { NewRun, StoppedRun } from './run-plan.js';
import type { RunResult } from './types.js';

/**
 * Does a run, in its folder if it has one, in which no other process may then work.
 * @throws {ClTorchError} What `runExperiment` and `resumeExperiment` reject with.
 */
export async function executeRun(run: NewRun | StoppedRun, context: RunContext): Promise<RunResult> {
  return run.state === 'new' ? begin(run, context) : resume(run, context);
}

async function begin(run: NewRun, context: RunContext): Promise<RunResult> {
  const { out } = run.config;
  if (out === undefined) return runLoop(run, context);
  const output = await OutputDirectory.open(out, context.signal);
  try {
    if (!run.overwrite) await output.requireVacant();
    return await runLoop(run, context, { output });
  } finally {
    await output.close();
  }
}

async function resume(run: StoppedRun, context: RunContext): Promise<RunResult> {
  await requireRun(run.folder);
  const output = await OutputDirectory.open(run.folder, context.signal);
  try {
    const found = context.isDone && (await readResultIfAny(run.folder));
    if (found && context.isDone?.(found)) return found;
    const { config, checkpoint } = await output.begun();
    return await runLoop(planResumption(run, config), context, { output, checkpoint });
  } finally {
    await output.close();
  }
}
