import type { Setting, Space } from '../../search/space.js';

/** How settings are found for each method. */
export type SearchKind = 'grid' | 'random' | 'tpe' | 'asha';

/** What settings are chosen by: a validation split, the first tasks of the stream, or nothing: all stand side by side. */
export type ChoiceKind = 'validation' | 'first-tasks' | 'none';

/** A sweep as it was asked for, every default filled in. Plain data: it is what `sweep.json` holds. */
export interface SweepSpec {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  /** Options that every run is given, where its strategy, benchmark and network have them. */
  readonly options: Setting;
  /** Methods: which strategies, benchmarks, data sets and scenarios are crossed. Every one is searched by itself. */
  readonly methods: Space;
  /** Settings that are searched; one that a method has no option for does not concern it. A key `ewc.strength` is of that strategy alone. */
  readonly settings: Space;
  /** Seeds that every setting is tried with. */
  readonly seeds: readonly number[];
  readonly search: {
    readonly kind: SearchKind;
    /** Settings of each method; of a grid all there are. */
    readonly trials: number | null;
    /** What random, tpe and asha draw by. */
    readonly seed: number;
    /** Of tpe: trials that are chosen from the same results, so that they can run side by side. */
    readonly batch: number;
    /** Of asha: one in so many trials is promoted from each rung. */
    readonly reduction: number;
    /** Of asha: after how many tasks each rung ends, ascending; the last one is the whole stream. */
    readonly rungs: readonly number[];
  };
  readonly choice: {
    readonly kind: ChoiceKind;
    /** Which number is best when it is greatest. */
    readonly by: 'final' | 'average';
    /** Of first-tasks: how many tasks the search is made on; the final runs have the others. */
    readonly tasks: number | null;
    /** Seeds that what was chosen is measured with, on test images; none of those of the search. */
    readonly seeds: readonly number[];
  };
}

/** A run of a sweep. */
export interface SweepRun {
  /** What its folder in `runs` is called, such as `er-t003-seed0`; `er-final-t003-seed10` of what was chosen. */
  readonly name: string;
  readonly phase: 'search' | 'final';
  /** The method's number, in the order of {@link SweepReport.methods}. */
  readonly method: number;
  /** The number of the setting, from 0; of a final run, of the one that was chosen. */
  readonly trial: number;
  readonly seed: number;
  /** Tasks after which it stops for now, or null: at the end of its stream. */
  readonly until: number | null;
  /** The configuration's options, `out` not among them. */
  readonly input: Setting;
}

/** What became of a run. */
export type RunStatus = 'missing' | 'running' | 'stopped' | 'completed' | 'diverged' | 'failed';

/** A run in numbers. Those that it has none of yet are null. */
export interface RunSummary {
  readonly name: string;
  readonly seed: number;
  readonly status: RunStatus;
  /** Tasks learnt. */
  readonly tasks: number;
  /** Percent: the mean over the tasks so far after each one learnt. */
  readonly taskMeans: readonly number[];
  /** Percent: mean over the tasks after the last one learnt. */
  readonly final: number | null;
  /** Percent: mean over the tasks after each one, averaged. */
  readonly average: number | null;
  /** Points (docs/metrics.md). */
  readonly forgetting: number | null;
  /** Wall-clock seconds. */
  readonly seconds: number | null;
  readonly peakMemoryBytes: number | null;
  /** What went wrong, of a run that failed. */
  readonly error: string | null;
}

/** A setting, with its runs over the seeds. */
export interface TrialSummary {
  readonly number: number;
  readonly setting: Setting;
  readonly runs: readonly RunSummary[];
  /** Percent: the mean over the seeds of what is chosen by; null until all are over, and where one failed or diverged. */
  readonly value: number | null;
  /** Tasks after which `value` was measured; fewer than all where asha promoted others. */
  readonly tasks: number;
}

export interface MethodSummary {
  /** Such as `er`, or `er, rotated-mnist` where benchmarks are crossed, too. */
  readonly name: string;
  /** What makes it this method. */
  readonly condition: Setting;
  readonly trials: readonly TrialSummary[];
  /** The number of the trial that was chosen; null until the search is over, and where nothing is chosen. */
  readonly chosen: number | null;
  /** Runs of what was chosen, with fresh seeds and on test images. */
  readonly final: readonly RunSummary[];
}

/** All that is known of a sweep. Plain data: what `sweep collect --json` prints. */
export interface SweepReport {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  readonly spec: SweepSpec;
  readonly methods: readonly MethodSummary[];
  /** How many runs there are of each status, of those known so far. */
  readonly runs: Readonly<Record<RunStatus, number>>;
  /** How many runs there will be in all, so far as that is known. */
  readonly total: number;
  /** Whether nothing is left to run. */
  readonly isComplete: boolean;
}
