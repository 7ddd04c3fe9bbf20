import type { KnownRun } from './folder.js';
import { isOver, runsOf } from './plan.js';
import { Sweep } from './sweep.js';
import type { MethodSummary, RunStatus, RunSummary, SweepReport, SweepRun } from './types.js';

/**
 * All that is known of a sweep.
 * @param folder - That it was given with `--out`.
 * @throws {ClTorchError} FILE_NOT_FOUND when there is none; FILE_DAMAGED, FILE_TOO_NEW, RESULT_INVALID.
 */
export async function collectSweep(folder: string): Promise<SweepReport> {
  const sweep = await Sweep.open(folder);
  await sweep.folder.refresh();
  return reportOf(sweep);
}

/** The same by what was seen last. */
export function reportOf(sweep: Sweep): SweepReport {
  const plan = sweep.plan();
  const summary = (run: SweepRun): RunSummary => summaryOf(run, sweep.known(run));
  const methods = plan.methods.map(
    ({ method, trials, chosen, final }): MethodSummary => ({
      name: method.name,
      condition: method.condition,
      trials: trials.map(({ number, setting, runs, value, tasks }) => ({
        number,
        setting,
        runs: runs.map(summary),
        value: value ?? null,
        tasks,
      })),
      chosen,
      final: final.map(summary),
    }),
  );
  const runs: Record<RunStatus, number> = {
    missing: 0,
    running: 0,
    stopped: 0,
    completed: 0,
    diverged: 0,
    failed: 0,
  };
  const all = runsOf(plan);
  for (const run of all) runs[summary(run).status] += 1;
  const isComplete = all.every((run) => isOver(run, sweep.known(run)));
  return { schemaVersion: 1, spec: sweep.planning.spec, methods, runs, total: plan.total, isComplete };
}

/** A run that stops where it should counts as complete. */
function summaryOf(run: SweepRun, known: KnownRun | undefined): RunSummary {
  const { result, failure } = known ?? {};
  const isDone = isOver(run, known) && known?.status !== 'diverged' && known?.status !== 'failed';
  return {
    name: run.name,
    seed: run.seed,
    status: isDone ? 'completed' : (known?.status ?? 'missing'),
    tasks: result?.taskMeans.length ?? 0,
    taskMeans: result?.taskMeans ?? [],
    final: result?.taskMeans.at(-1) ?? null,
    average: result?.average ?? null,
    forgetting: result?.metrics?.forgetting ?? null,
    seconds: result?.seconds.total ?? null,
    peakMemoryBytes: result?.peakMemoryBytes ?? null,
    error: failure === undefined ? null : `${failure.code}: ${failure.message}`,
  };
}
