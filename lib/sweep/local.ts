import { isDeepStrictEqual } from 'node:util';
import { codeOf, isErrorCode, messageOf } from '../base/errors.js';
import { aborted, FollowingController } from '../base/signals.js';
import type { ExperimentConfig } from '../config/types.js';
import { executeRun } from '../runs/run.js';
import type { NewRun, StoppedRun } from '../runs/run-plan.js';
import { SharedData } from '../runs/shared-data.js';
import type { RunEvent, RunResult } from '../runs/types.js';
import { executeSideBySide } from './parallel.js';
import type { ExecutorContext, SweepExecutor } from './plan/executor.js';
import { isOver } from './plan/plan.js';
import type { Sweep } from './plan/sweep.js';
import type { SweepRun } from './plan/types.js';
import { type AtOnce, type Share, shareOf } from './share.js';
import { TrainingPlaces } from './training-places.js';

/** Errors of this machine or this folder, which every other run would meet, too: no run failed by them. */
const OF_THE_PLACE: readonly string[] = [
  'ADDON_LOAD_FAILED',
  'BUILD_FAILED',
  'CHECKSUM_MISMATCH',
  'DATA_NOT_FOUND',
  'DEVICE_LOST',
  'DEVICE_UNAVAILABLE',
  'DOWNLOAD_FAILED',
  'LIBTORCH_NOT_FOUND',
  'LIBTORCH_UNUSABLE',
  'OFFLINE',
  'OUTPUT_FAILED',
  'THREADS_UNAVAILABLE',
  'TOOLCHAIN_MISSING',
];

export interface LocalOptions {
  /** How many runs train at the same time on each device. */
  readonly atOnce: AtOnce;
  /** Devices that runs are spread over, such as `cuda:0` and `cuda:1`; what each run's own `device` says when there are none. */
  readonly devices?: readonly string[] | undefined;
  readonly onEvent?: ((run: SweepRun, event: RunEvent) => void) | undefined;
}

/** Executes runs of a sweep in this process. A run that another process works on is left to it. */
export class LocalExecutor implements SweepExecutor {
  readonly #sweep: Sweep;
  readonly #options: LocalOptions;

  constructor(sweep: Sweep, options: LocalOptions) {
    this.#sweep = sweep;
    this.#options = options;
  }

  async execute(runs: readonly SweepRun[], context: ExecutorContext): Promise<void> {
    const { devices = [] } = this.#options;
    const queue = [...runs];
    const stop = new FollowingController(context.signal);
    const within = { ...context, signal: stop.signal };
    const lanes = devices.length > 0 ? devices : [undefined];
    const outcomes = await Promise.allSettled(
      lanes.map((device) =>
        this.#lane(queue, device, within).catch((error: unknown) => {
          stop.abort();
          throw error;
        }),
      ),
    );
    stop.release();
    throwFirst(outcomes);
  }

  /** One device takes from the queue until it is empty. An error of the place ends its other runs, too. */
  async #lane(queue: SweepRun[], device: string | undefined, context: ExecutorContext): Promise<void> {
    const share = await this.#share(queue, device, context.signal);
    const stop = new FollowingController(context.signal);
    const within = { ...context, signal: stop.signal };
    const data = this.#data(queue);
    const worker = async (): Promise<void> => {
      while (queue.length > 0 && !stop.signal.aborted) {
        const batch = share.together ? nextAlike(queue, share.atOnce) : queue.splice(0, 1);
        if (batch.length > 1) await this.#together(batch, device, share, data, within);
        for (const run of batch) await this.#one(run, device, share, data, within);
      }
    };
    const places = share.together ? 1 : Math.min(share.atOnce, queue.length);
    const outcomes = await Promise.allSettled(
      Array.from({ length: places }, () =>
        worker().catch((error: unknown) => {
          stop.abort();
          throw error;
        }),
      ),
    );
    stop.release();
    throwFirst(outcomes);
    if (context.signal.aborted) throw aborted(context.signal);
  }

  /** By the first run that this machine can have; one that it cannot have fails when its turn comes. */
  async #share(runs: readonly SweepRun[], device: string | undefined, signal: AbortSignal): Promise<Share> {
    for (const run of runs) {
      const machine = this.#executableIfAny(run)?.machine;
      if (!machine) continue;
      const there = device === undefined ? machine : { ...machine, device: device as typeof machine.device };
      const share = await shareOf(there, runs.length, this.#options.atOnce, signal).catch(unlessOfSetting);
      if (share) return share;
    }
    return { atOnce: 1, together: false };
  }

  /** Read once for all; ended by nothing but its own run's signal. */
  #data(runs: readonly SweepRun[]): SharedData {
    const known = new Map<string, ExperimentConfig | undefined>(); // a seed changes nothing of the data
    const configs = runs.flatMap((run) => {
      const settings = JSON.stringify(withoutSeed(run));
      if (!known.has(settings)) known.set(settings, this.#executableIfAny(run)?.config);
      return known.get(settings) ?? [];
    });
    return new SharedData(configs, undefined);
  }

  #executableIfAny(run: SweepRun): NewRun | StoppedRun | undefined {
    try {
      return this.#sweep.executable(run);
    } catch {
      return undefined;
    }
  }

  async #one(
    run: SweepRun,
    device: string | undefined,
    share: Share,
    data: SharedData,
    context: ExecutorContext,
  ): Promise<void> {
    if (await context.isOver(run)) return;
    const isDone = ({ status, taskMeans }: RunResult): boolean => {
      const isEnded = status === 'completed' || status === 'diverged';
      return isOver(run, { status: isEnded ? status : 'stopped', taskMeans });
    };
    const emit = (event: RunEvent): void => this.#options.onEvent?.(run, event);
    const until = run.until ?? undefined;
    let isNew = false;
    try {
      const there = this.#executable(run, device, share);
      isNew = there.state === 'new';
      await executeRun(there, { signal: context.signal, emit, data, until, isDone });
      await context.isOver(run); // reads its result while others train, rather than all of them after the last one
    } catch (error) {
      const isBegun = isNew && codeOf(error) === 'OUTPUT_FAILED' && this.#sweep.hasBegun(run);
      if (isBegun) await this.#one(run, device, share, data, context);
      else await this.#failed(run, error, context);
    }
  }

  /** Runs that differ in their seed alone train as one batch. When one fails, all stop, to be gone on with one by one. */
  async #together(
    batch: readonly SweepRun[],
    device: string | undefined,
    share: Share,
    data: SharedData,
    { signal, isOver }: ExecutorContext,
  ): Promise<void> {
    try {
      const missing: SweepRun[] = [];
      for (const run of batch) if (!(await isOver(run))) missing.push(run);
      using places = await TrainingPlaces.open(missing.length, share);
      await executeSideBySide(
        missing.map((run) => this.#executable(run, device, share)),
        {
          signal,
          atOnce: share.atOnce,
          data,
          places,
          until: missing[0]?.until ?? undefined,
          emit: (event) => this.#options.onEvent?.(runOf(event, missing, this.#sweep), event),
          onEnd: async () => {},
        },
      );
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }

  /** Where it trains, and with how many threads, is no part of what is asked for. */
  #executable(
    { input, ...run }: SweepRun,
    device: string | undefined,
    { threads }: Share,
  ): NewRun | StoppedRun {
    const here = {
      ...(device === undefined ? {} : { device }),
      ...(threads === undefined ? {} : { threads }),
    };
    return this.#sweep.executable({ ...run, input: { ...input, ...here } });
  }

  async #failed(run: SweepRun, error: unknown, context: ExecutorContext): Promise<void> {
    const code = codeOf(error);
    if (code === 'ABORTED' || context.signal.aborted) throw error;
    if (code === 'RUN_IN_USE') return;
    if (await context.isOver(run)) return; // another process was quicker
    if (OF_THE_PLACE.includes(code ?? '')) throw error;
    await context.fail(
      run,
      { code: isErrorCode(code) ? code : 'INTERNAL', message: messageOf(error) },
      error,
    );
  }
}

/** The next run and those of the queue that differ from it in their seed alone. */
function nextAlike(queue: SweepRun[], most: number): SweepRun[] {
  const [first] = queue;
  if (!first) return [];
  const settings = withoutSeed(first);
  const alike = queue.filter((run) => isDeepStrictEqual(withoutSeed(run), settings)).slice(0, most);
  for (const run of alike) queue.splice(queue.indexOf(run), 1);
  return alike;
}

function withoutSeed({ input: { seed: _seed, ...settings }, until }: SweepRun): object {
  return { settings, until };
}

function runOf(event: RunEvent, runs: readonly SweepRun[], sweep: Sweep): SweepRun {
  const out = event.type === 'start' ? event.config.out : undefined;
  return (runs.find(({ name }) => sweep.folder.runFolder(name) === out) ?? runs[0]) as SweepRun;
}

function throwFirst(outcomes: readonly PromiseSettledResult<void>[]): void {
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

/** A setting that this machine cannot have is its run's own failure. */
function unlessOfSetting(error: unknown): undefined {
  if (codeOf(error) !== 'CONFIG_INVALID') throw error;
}
