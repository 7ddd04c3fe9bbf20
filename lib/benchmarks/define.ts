import type { DatasetName } from '../datasets/index.js';
import type { OptionSchemas } from '../options/option.js';
import type { Scenario } from '../training/definition.js';
import type { Labels } from '../training/strategy.js';

/** What a benchmark knows of the data set that its tasks are made of. */
export interface BenchmarkData {
  /** Sizes of an example: `[channels, height, width]`, or `[features]` where nothing tells more. */
  readonly input: readonly number[];
  /** Numbers in an example: the product of `input`. */
  readonly features: number;
  readonly classes: number;
  /** Class of every training example. */
  readonly trainLabels: Labels;
  /** Class of every test example. */
  readonly testLabels: Labels;
}

/** Which examples of the data set a task has, and how it shows them. */
export interface SplitPlan {
  /** Rows of the data set, in the task's order; all when left out. */
  readonly rows?: Int32Array | undefined;
  /** `columns[k]`: which number of an example the network's input k is; -1 is zero. As they are when left out. */
  readonly columns?: Int32Array | undefined;
  /** 256 values: `levels[byte]` is shown in the place of each byte of an example; each byte as it is when left out. */
  readonly levels?: Uint8Array | undefined;
}

/** A task as plain data, that needs no addon to be looked at. */
export interface TaskPlan {
  readonly train: SplitPlan;
  readonly test: SplitPlan;
  /**
   * The first of its classes, and how many there are; its labels must be among them. When left out, every task has all of
   * the data set's classes, which are its own ones where tasks or classes are told apart.
   */
  readonly classes?: TaskClasses | undefined;
  /** `labels[c]`: what the task calls the data set's class c, -1 where none of its examples has it; each as it is when left out. */
  readonly labels?: Int32Array | undefined;
}

/** Classes that follow each other. */
export interface TaskClasses {
  readonly first: number;
  readonly count: number;
}

/** The option that every benchmark has. */
export interface TasksOption {
  readonly tasks: number;
}

/** A stream of tasks: built in, or one of a caller's own, to be given to `runExperiment` in place of a name. */
export interface BenchmarkDefinition<
  Options extends TasksOption = TasksOption,
  Name extends string = string,
> {
  /** What configurations and results call it: 1 to 60 letters, digits and `. _ + -`. */
  readonly name: Name;
  /** A few words, for help and documents. */
  readonly title?: string | undefined;
  /** Where it was published. */
  readonly source?: string | undefined;
  /** How its tasks may differ; the first one is the default. */
  readonly scenarios: readonly Scenario[];
  /** The data sets that it can be made of, the first one being the default; every one when left out. */
  readonly datasets?: readonly DatasetName[] | undefined;
  /** Its own options; `tasks`, how many tasks there are, among them. */
  readonly options: OptionSchemas<Options>;
  /** The tasks, in order. Pure: the same for the same options and data. */
  plan(options: Options, data: BenchmarkData): readonly TaskPlan[];
}

/** The definition as it is; the compiler finds the type of `plan`'s `options` by `options`. */
export function defineBenchmark<Options extends TasksOption>(
  definition: BenchmarkDefinition<Options>,
): BenchmarkDefinition<Options> {
  return definition;
}
