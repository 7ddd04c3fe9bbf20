import type { ExperimentConfig } from '../config/schema.js';

/** What produced the numbers: digits depend on the LibTorch version, the instruction set and the thread count. */
export interface Environment {
  readonly clTorch: string;
  readonly node: string;
  /** Version of the LibTorch that was loaded, such as `2.14.1`. */
  readonly libtorch: string;
  /** CUDA toolkit LibTorch was built with, such as `13.0`; null for a CPU build. */
  readonly cuda: string | null;
  /** Device the run trained on: `cpu` or `cuda:N`. */
  readonly device: string;
  /** Name of the GPU, or the instruction set LibTorch's CPU kernels use (`AVX2`, `AVX512`, `DEFAULT`). */
  readonly deviceName: string;
  /** CPU threads of the training thread's team. */
  readonly threads: number;
}

/** Wall-clock seconds by phase. `setup` is reading and checking the data, loading LibTorch, making the model. */
export interface PhaseSeconds {
  readonly setup: number;
  readonly training: number;
  /** Searches of the direction and of the equilibrium point. */
  readonly search: number;
  readonly evaluation: number;
  readonly total: number;
}

/** What a strategy tells of one task beside the accuracies; a part it does not have is null. */
export interface TaskReport {
  readonly direction: {
    /** g(nu) on the whole memory before the search; null without a memory. */
    readonly objectiveFirst: number | null;
    readonly objectiveLast: number | null;
    readonly seconds: number;
  } | null;
  /** ||delta||: what the task moved the parameters off the direction. */
  readonly deviation: number | null;
  readonly equilibriumPoint: {
    /** lambda at the start and after each step. */
    readonly path: readonly number[];
    /** Mean loss on the memory at lambda = 0, at lambda = 1 and at the lambda found. */
    readonly lossOld: number;
    readonly lossNew: number;
    readonly loss: number;
    /** Percent right on the tasks seen so far before the move; the accuracy matrix has those after it. */
    readonly accuracyBefore: readonly number[];
    readonly seconds: number;
  } | null;
}

/** A finished (or interrupted) run. Plain data: it is what `result.json` holds. */
export interface RunResult {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  readonly status: 'running' | 'completed' | 'interrupted' | 'failed';
  readonly strategy: string;
  /** The configuration as resolved: every default filled in. */
  readonly config: ExperimentConfig;
  readonly environment: Environment;
  /** `accuracy[i][j]`: percent right on task j's test split after training task i (j ≤ i). */
  readonly accuracy: readonly (readonly number[])[];
  /** Mean of each row of `accuracy`, rounded to 2 decimals like numpy's `round(mean, 2)`. */
  readonly taskMeans: readonly number[];
  /** Mean of `taskMeans`; null before the first task is done. */
  readonly average: number | null;
  /** `losses[task][epoch]`: mean training loss of the epoch's steps. */
  readonly losses: readonly (readonly number[])[];
  /** `epochSeconds[task][epoch]`: wall-clock seconds of the epoch. */
  readonly epochSeconds: readonly (readonly number[])[];
  /** What the strategy told of each finished task. */
  readonly taskReports: readonly TaskReport[];
  readonly seconds: PhaseSeconds;
  /** Highest resident set size of the process so far, in bytes. */
  readonly peakMemoryBytes: number;
}

/** What a run tells while it works, in this order: start, (task-start, (search… | progress…, epoch)…, task)…, end. */
export type RunEvent =
  | {
      readonly type: 'start';
      readonly strategy: string;
      readonly config: ExperimentConfig;
      readonly environment: Environment;
    }
  | { readonly type: 'task-start'; readonly task: number; readonly tasks: number }
  | {
      /** At most about ten a second. */
      readonly type: 'progress';
      readonly task: number;
      readonly epoch: number;
      /** Steps done of this epoch, from 1 to `steps`. */
      readonly step: number;
      readonly steps: number;
      /** Training loss of the latest step. */
      readonly loss: number;
      readonly samplesPerSecond: number;
      /** Estimate for the training that is left in the whole run. */
      readonly secondsLeft: number;
    }
  | {
      /** A search that belongs to the method goes on; at most about ten a second. */
      readonly type: 'search';
      readonly phase: 'direction' | 'equilibrium-point';
      readonly task: number;
      readonly step: number;
      readonly steps: number;
      /** g(nu) or L_M(w(lambda)) on the step's batch. */
      readonly objective: number;
    }
  | {
      readonly type: 'epoch';
      readonly task: number;
      readonly epoch: number;
      readonly loss: number;
      readonly seconds: number;
      readonly samplesPerSecond: number;
      /** Training loss of every step of the epoch, in order. */
      readonly stepLosses: Float32Array;
    }
  | {
      readonly type: 'task';
      readonly task: number;
      readonly tasks: number;
      /** Percent right on tasks 0…task. */
      readonly accuracy: readonly number[];
      /** Mean of `accuracy`, rounded to 2 decimals. */
      readonly mean: number;
      readonly report: TaskReport;
      readonly seconds: number;
    }
  | { readonly type: 'end'; readonly result: RunResult };
