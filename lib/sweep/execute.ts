import '../base/symbols.js';
import { isDeepStrictEqual } from 'node:util';
import type { ExperimentConfig } from '../config/types.js';
import { changed, type DoneRun, type NewRun, type RunPlan, type StoppedRun } from '../runs/run-plan.js';
import { SharedData } from '../runs/shared-data.js';
import type { RunEvent, RunResult } from '../runs/types.js';
import { resolveEnvironment } from '../training/environment.js';
import { type Control, executeSideBySide } from './parallel.js';
import { type AtOnce, type Share, shareOf } from './share.js';
import { TrainingPlaces } from './training-places.js';

/** A run that is not over. */
export type MissingRun = NewRun | StoppedRun;

export interface Execution extends Control {
  /**
   * How many runs that are alike train at the same time; each of these is given its share of the cores. Left out: one
   * after the other, with the threads that each asks for.
   */
  readonly atOnce?: AtOnce | undefined;
  /** Whether on the CPU runs of every kind train at the same time. Left out: a kind after the other. */
  readonly mixed?: boolean | undefined;
  /** Told of each run that is done already, before any other begins. */
  readonly onReuse?: ((run: DoneRun) => void) | undefined;
  /** Told of runs, which are alike unless they are mixed, and how many of them train at the same time, before they begin. */
  readonly onBegin?: ((runs: readonly MissingRun[], atOnce: number) => void) | undefined;
  /** Told what each run tells as it happens; the events of several runs are mixed. */
  readonly onRunEvent?: ((run: RunPlan, event: RunEvent) => void) | undefined;
  /** Called with the results so far, in the list's order, whenever a run is over; one call at a time. */
  readonly onResult?: ((results: RunResult[]) => Promise<void>) | undefined;
}

/**
 * Executes runs on this machine, and returns a result for each, in the list's order. What is done is reused. Runs that
 * differ in their seed and folder alone train side by side, and on a GPU as one batch; the others follow each other,
 * unless `mixed` is asked for. Of those side by side the stopped ones are resumed first, with the threads that they began
 * with, on a GPU before a batch begins. Runs with the same data share them. Events come run by run.
 *
 * @throws {ClTorchError} What `runExperiment` and `resumeExperiment` reject with. When a run fails, the others are ended.
 */
export async function executeRuns(runs: readonly RunPlan[], execution: Execution): Promise<RunResult[]> {
  const { atOnce, mixed = false, signal, onReuse, onBegin, onResult } = execution;
  const results = new Map<RunPlan, RunResult>();
  for (const run of runs.filter(isDone)) {
    results.set(run, run.result);
    onReuse?.(run);
  }
  const data = new SharedData(
    runs.filter(isMissing).flatMap(({ config }) => config ?? []),
    signal,
  );
  const onEnd = async (run: RunPlan, result: RunResult): Promise<void> => {
    results.set(run, result);
    await onResult?.(runs.flatMap((each) => results.get(each) ?? []));
  };
  const groups = mixed && (await areOfCpu(runs, signal)) ? [runs] : groupsOf(runs);
  for (const group of groups) {
    const missing = group.filter(isMissing);
    const [first] = missing;
    if (first === undefined) continue;
    const isShared = atOnce !== undefined && first.machine !== undefined;
    const count = mixed ? missing.length : group.length;
    const share = isShared ? await shareOf(first.machine, count, atOnce, signal) : ALONE;
    onBegin?.(missing, share.atOnce);
    await executeGroup(missing, share, { ...execution, data, onEnd });
  }
  return runs.map((run) => results.get(run) as RunResult);
}

const ALONE: Share = { atOnce: 1, together: false };

/** By the first one that is missing: they are all asked for with the same device. */
async function areOfCpu(runs: readonly RunPlan[], signal: AbortSignal): Promise<boolean> {
  const machine = runs.find(isMissing)?.machine;
  return machine !== undefined && (await resolveEnvironment(machine, signal)).device === 'cpu';
}

/** Runs that differ in nothing but their seed and folder, each kind in the order of its first one. */
function groupsOf(runs: readonly RunPlan[]): RunPlan[][] {
  const groups: (readonly [object | undefined, RunPlan[]])[] = [];
  for (const run of runs) {
    const settings = run.config && withoutSeed(run.config);
    const known = settings && groups.find(([others]) => isDeepStrictEqual(others, settings));
    if (known) known[1].push(run);
    else groups.push([settings, [run]]);
  }
  return groups.map(([, alike]) => alike);
}

function withoutSeed({ seed: _seed, out: _out, ...settings }: ExperimentConfig): object {
  return settings;
}

interface GroupExecution extends Control, Pick<Execution, 'onRunEvent'> {
  readonly data: SharedData;
  readonly onEnd: (run: RunPlan, result: RunResult) => Promise<void>;
}

/** The stopped ones first; each was begun by itself, and need not be where the others would train as one batch. */
async function executeGroup(
  missing: readonly MissingRun[],
  share: Share,
  execution: GroupExecution,
): Promise<void> {
  const stopped = missing.filter(isStopped);
  const planned = missing.filter(isNew);
  if (!share.together) return await executeAtOnce([...stopped, ...planned], share, execution);
  await executeAtOnce(stopped, { ...share, together: false }, execution);
  await executeAtOnce(planned, share, execution);
}

async function executeAtOnce(
  runs: readonly MissingRun[],
  share: Share,
  { onEnd, onRunEvent, signal, emit, data }: GroupExecution,
): Promise<void> {
  const { atOnce, threads } = share;
  const shared =
    threads === undefined ? runs : runs.map((run) => (isNew(run) ? changed(run, { threads }) : run));
  using places = await TrainingPlaces.open(runs.length, share);
  await executeSideBySide(shared, {
    signal,
    emit,
    atOnce,
    data,
    places,
    watch: onRunEvent && ((index, event) => onRunEvent(runs[index] as RunPlan, event)),
    onEnd: (index, result) => onEnd(runs[index] as RunPlan, result),
  });
}

function isDone(run: RunPlan): run is DoneRun {
  return run.state === 'done';
}

function isMissing(run: RunPlan): run is MissingRun {
  return run.state !== 'done';
}

function isNew(run: RunPlan): run is NewRun {
  return run.state === 'new';
}

function isStopped(run: RunPlan): run is StoppedRun {
  return run.state === 'stopped';
}
