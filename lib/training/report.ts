/** A number that a strategy tells of a task. */
export interface TaskMeasure {
  /** A few words, for the heads of tables and the titles of pictures. */
  readonly label: string;
  /** Null where there is none. NaN and infinity are kept; people see a dash, and JSON has null. */
  readonly value: number | null;
  /** The same before what the strategy did; people see the two as `before → value`. */
  readonly before?: number | null | undefined;
  readonly unit?: string | undefined;
  /** Name of the phase that it belongs to: its line and its table are that phase's. */
  readonly phase?: string | undefined;
  /** Decimals that people see; without it four significant digits. The files have every digit. */
  readonly digits?: number | undefined;
  /**
   * How a line for people says it: `{}` stands for the number with its unit, `{.2}` for it with two decimals, `{%}` for it
   * as a percentage (0.5 is 50 %). Without it the label and the number; null keeps it out of the lines.
   */
  readonly line?: string | null | undefined;
}

/** Numbers in an order that a strategy tells of a task, such as what a search found step by step. */
export interface TaskCurve {
  /** The title of its picture, which has a line for each task. */
  readonly label: string;
  /** Name of the phase that it belongs to. */
  readonly phase?: string | undefined;
  /** What the values follow each other by. The value at place i is at `first + i * every`. */
  readonly x: {
    readonly label: string;
    /** Default 0. */
    readonly first?: number | undefined;
    /** Default 1; a multiple of what was told where a curve was too long to be kept whole. */
    readonly every?: number | undefined;
  };
  readonly y: { readonly label: string; readonly unit?: string | undefined };
  /** NaN and infinity are kept; they are gaps in the picture, and null in JSON. */
  readonly values: readonly number[];
  /** What was measured otherwise before the first value and after the last; null where it was not. */
  readonly ends?: readonly [before: number | null, after: number | null] | undefined;
  /** Values to compare with, as lines across the picture. */
  readonly guides?: readonly number[] | undefined;
  /** How to read the picture, in a sentence. */
  readonly caption?: string | undefined;
}

/** A piece of a strategy's work beside the training. */
export interface TaskPhase {
  readonly label: string;
  /** Wall-clock; of all its turns in the task. */
  readonly seconds: number;
  /** Percent right on each task seen so far before it; what follows it shows what it changed. */
  readonly accuracyBefore?: readonly number[] | undefined;
}

/** What a strategy tells of one task beside the accuracies, by names of its own. Plain data. */
export interface TaskReport {
  readonly measures: Readonly<Record<string, TaskMeasure>>;
  readonly curves: Readonly<Record<string, TaskCurve>>;
  readonly phases: Readonly<Record<string, TaskPhase>>;
}

/** What a strategy adds to its report. The numbers of a curve may be a typed array. */
export interface ReportPart {
  readonly measures?: Readonly<Record<string, TaskMeasure>> | undefined;
  readonly curves?:
    | Readonly<Record<string, Omit<TaskCurve, 'values'> & { readonly values: ArrayLike<number> }>>
    | undefined;
}

export const EMPTY_REPORT: TaskReport = { measures: {}, curves: {}, phases: {} };
