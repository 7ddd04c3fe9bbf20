import type { ExperimentConfig } from '../config/types.js';
import type { ContinualMetrics, UnseenAccuracy } from '../metrics/index.js';
import type { Divergence } from '../training/divergence.js';
import type { Environment } from '../training/environment.js';
import type { TrainingEvent } from '../training/events.js';
import type { TaskReport } from '../training/report.js';

export type { Divergence, Environment, TaskReport, TrainingEvent };

/** Wall-clock seconds by phase. `setup` is reading and checking the data, loading LibTorch, making the model. */
export interface PhaseSeconds {
  readonly setup: number;
  readonly training: number;
  /** All phases of the strategy together. */
  readonly search: number;
  /** Each phase of the strategy, by its name, as the reports have it. */
  readonly phases: Readonly<Record<string, number>>;
  readonly evaluation: number;
  readonly total: number;
}

/** A finished (or interrupted) run. Plain data: it is what `result.json` holds. */
export interface RunResult {
  /** Version of this shape. */
  readonly schemaVersion: 2;
  readonly status: 'running' | 'completed' | 'interrupted' | 'failed' | 'diverged';
  /**
   * Where a number first became NaN or infinite; null when none did. The run ended there (status `diverged`) or, with
   * `onNan: 'continue'`, went on. Its `average` and `metrics` are null: they would compare what was not learnt. Results of
   * version 0.1.0 do not have it.
   */
  readonly diverged?: Divergence | null | undefined;
  readonly strategy: string;
  /** When the run was begun, in UTC, as `2026-11-25T21:04:05.123Z`; results of earlier versions have none. */
  readonly startedAt?: string | undefined;
  /** What makes the run again on such a machine; null for a custom strategy. */
  readonly command?: string | null | undefined;
  /** The configuration as resolved: every default filled in. */
  readonly config: ExperimentConfig;
  readonly environment: Environment;
  /**
   * Whether the training's steps were replayed as CUDA graphs; false where some had to run one by one, which is slower;
   * null where the engine has no graphs. Results of earlier versions do not have it.
   */
  readonly cudaGraphs?: boolean | null | undefined;
  /**
   * `accuracy[i][j]`: percent right on task j after training task i (j ≤ i), of its test images, or with `validation` of
   * the images set apart.
   */
  readonly accuracy: readonly (readonly number[])[];
  /**
   * Of class-incremental tasks, the same where the model is told the task, so that it predicts one of the task's own
   * classes; null of others. Results of earlier versions do not have it.
   */
  readonly accuracyTaskAware?: readonly (readonly number[])[] | null | undefined;
  /** Mean of each row of `accuracy`, rounded to 2 decimals like numpy's `round(mean, 2)`. */
  readonly taskMeans: readonly number[];
  /** Mean of `taskMeans`; null before the first task is done. */
  readonly average: number | null;
  /** ACC, BWT, FWT, forgetting, learning accuracy (docs/metrics.md); null before the first task is done. */
  readonly metrics: ContinualMetrics | null;
  /** Accuracy on the tasks not learnt yet; null unless the configuration asks for it (`evaluateAll`). */
  readonly unseen: UnseenAccuracy | null;
  /** `losses[task][epoch]`: mean training loss of the epoch's steps. */
  readonly losses: readonly (readonly number[])[];
  /** `epochSeconds[task][epoch]`: wall-clock seconds of the epoch. */
  readonly epochSeconds: readonly (readonly number[])[];
  /** What the strategy told of each finished task. */
  readonly taskReports: readonly TaskReport[];
  readonly seconds: PhaseSeconds;
  /**
   * SHA-256, in hexadecimal, of the trained parameters' float32 numbers, tensor after tensor as in `model.safetensors`;
   * null unless the run is complete. On the CPU the fused engine's is the same on every x86-64 processor with FMA and for
   * any number of threads. Results of earlier versions do not have it.
   */
  readonly parametersDigest?: string | null | undefined;
  /** Highest resident set size of the process so far, in bytes. */
  readonly peakMemoryBytes: number;
}

/** What a run tells while it works, in this order: start, resume where it is resumed, warnings, (task-start, (search… | progress…, epoch)…, task)…, end; `diverged` after what it tells of. */
export type RunEvent =
  | {
      readonly type: 'start';
      readonly strategy: string;
      readonly config: ExperimentConfig;
      readonly environment: Environment;
    }
  | {
      /** The run goes on after a checkpoint. A task that had begun is told of by another task-start. */
      readonly type: 'resume';
      /** Tasks learnt and measured. */
      readonly tasksDone: number;
      /** Epochs of the task after them. */
      readonly epochsDone: number;
      /** What differs from the machine that began the run and may change the bits, such as `libtorch 2.13.0 → 2.14.1`. */
      readonly changed: readonly string[];
    }
  | {
      /** What a person should know and the run goes on in spite of; right after start or resume. */
      readonly type: 'warning';
      readonly text: string;
    }
  | {
      readonly type: 'task-start';
      readonly task: number;
      readonly tasks: number;
      /** Of this task; where iterations are counted, the passes that they need, of which the last may be cut short. */
      readonly epochs: number;
    }
  | TrainingEvent
  | {
      readonly type: 'task';
      readonly task: number;
      readonly tasks: number;
      /** Percent right on tasks 0…task. */
      readonly accuracy: readonly number[];
      /** Of class-incremental tasks, the same where the model is told the task; null of others. */
      readonly accuracyTaskAware: readonly number[] | null;
      /** Mean of `accuracy`, rounded to 2 decimals. */
      readonly mean: number;
      readonly report: TaskReport;
      readonly seconds: number;
    }
  | { readonly type: 'end'; readonly result: RunResult };
