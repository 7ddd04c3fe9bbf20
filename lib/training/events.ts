import type { DivergenceAdvice } from './divergence.js';

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
      /** A phase of the strategy begins or goes on, such as a search; at most about twenty a second. */
      readonly type: 'search';
      readonly task: number;
      /** The phase's name. */
      readonly phase: string;
      /** What goes on, for people, such as `measuring the importance`. */
      readonly label: string;
      /** Done of `steps`; 0 of 1 when it begins. */
      readonly step: number;
      readonly steps: number;
      /** What the value is, for people, such as `loss`. */
      readonly objective: string;
      /** Of this step; null where there is none. */
      readonly value: number | null;
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
      /** Whether the steps were replayed as CUDA graphs; null where the engine has none. */
      readonly cudaGraphs: boolean | null;
    }
  /** A loss, a phase's outcome or the parameters became NaN or infinite, for the first time in this task. */
  | ({ readonly type: 'diverged' } & DivergenceAdvice);
