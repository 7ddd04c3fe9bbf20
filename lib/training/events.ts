import type { Divergence } from './divergence.js';

/** What a strategy tells of one task beside the accuracies; a part it does not have is null. */
export interface TaskReport {
  readonly direction: {
    /** g(nu) on the whole memory before the search; null without a memory. */
    readonly objectiveFirst: number | null;
    readonly objectiveLast: number | null;
    /** g(nu) on each iteration's batch, before its step. */
    readonly path: readonly number[];
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

/** What learning a task tells while it works: (search… | progress…, epoch)…, and once diverged, if it does. */
export type TrainingEvent =
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
      /** As in `progress`. */
      readonly secondsLeft: number;
      /** Training loss of every step of the epoch, in order; up to the one that diverged, if the training stops there. */
      readonly stepLosses: Float32Array;
    }
  /** A loss, a search or the parameters became NaN or infinite, for the first time in this task. */
  | ({ readonly type: 'diverged' } & Divergence);
