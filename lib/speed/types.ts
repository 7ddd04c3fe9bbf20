import type { Environment } from '../training/environment.js';

/** How to measure. */
export interface BenchOptions {
  /** `auto`, `cpu`, `cuda` or `cuda:N`, as of a run. */
  readonly device: string;
  /** CPU threads of both sides. */
  readonly threads: number;
  /** Times that each side is measured, in turn. */
  readonly repeats: number;
  /** The first is what all else is compared with. Of a network that not all of them train, those that do. */
  readonly engines: readonly ('fused' | 'autograd')[];
  readonly precision: 'fp32' | 'tf32' | 'bf16';
  /** A Python with torch: PyTorch takes its turn. */
  readonly python?: string | undefined;
  /** Measures epochs of this network in place of the baseline's. */
  readonly network?: MeasuredNetwork | undefined;
  /** Measures also beside so many other processes, each of which keeps a CPU busy; once for each number. */
  readonly busy: readonly number[];
  /** Measures the reference implementation from command to result, this many tasks of so many epochs. */
  readonly wholeRun?: { readonly tasks: number; readonly epochs: number } | undefined;
  /** The reference implementation as a Python program, for `wholeRun`. */
  readonly reference?: string | undefined;
  /** Measures what a sweep of so many tiny runs takes beside the runs by themselves. */
  readonly sweep?: number | undefined;
}

/** A network whose epochs are measured. */
export interface MeasuredNetwork {
  /** Kind, the kind's options and the size of a batch, as a configuration has them; all others are a run's defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Channels, height and width of images that are made up; MNIST's images when left out. */
  readonly images?: readonly number[] | undefined;
  /** Images in an epoch. */
  readonly examples: number;
}

/** What one process says of the epochs that it trained, after it has ended. */
export interface EpochSample {
  /** Wall-clock seconds of each epoch. */
  readonly epochSeconds: readonly number[];
  /** Of the matrix products alone, in the faster routines at hand, measured before each epoch; only ours tells. */
  readonly floorSeconds?: readonly number[];
  /** The same in LibTorch's routines. */
  readonly libtorchFloorSeconds?: readonly number[];
  /** Floating-point operations of an epoch's matrix products. */
  readonly operations?: number;
  /** Reading the data, loading LibTorch, making the model. */
  readonly setupSeconds?: number;
  /** On the 10,000 test images. */
  readonly evaluationSeconds?: number;
  /** Largest gap of a 10 ms timer on the event loop while training, in ms. */
  readonly largestTimerGap?: number;
  readonly environment?: Environment;
}

/** Median, least and greatest of repeated measurements. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

/** One side of a comparison. */
export interface EpochMeasurement {
  readonly name: string;
  /** Seconds of an epoch: the median epoch of each process, over the processes. */
  readonly epoch: Spread;
  /** Against the first side, repeat by repeat. */
  readonly timesFirst: Spread;
  /** Against the floor measured in the same process. */
  readonly timesFloor: Spread | null;
  /** Against the matrix products alone in LibTorch's routines. */
  readonly timesLibtorchFloor: Spread | null;
  /** Of the matrix products, in 1e9 operations a second. */
  readonly gflops: Spread | null;
  readonly setup: Spread | null;
  readonly evaluation: Spread | null;
  readonly largestTimerGap: Spread | null;
  /** Highest resident set of the process, in bytes. */
  readonly peakMemoryBytes: Spread;
}

/** What takes from the command to the last result. */
export interface RunsMeasurement {
  readonly name: string;
  readonly seconds: Spread;
  readonly timesFirst: Spread;
  /** Highest resident set of the process, in bytes. */
  readonly peakMemoryBytes: Spread;
}

/** A run from the command to its result. */
export interface WholeRunMeasurement extends RunsMeasurement {
  /** Mean accuracy over all tasks after the last one, in percent. */
  readonly finalAccuracy: number;
}

/** What `cl-torch bench --json` prints. */
export interface BenchReport {
  /** Version of this shape. */
  readonly schemaVersion: 1;
  /** ISO 8601, when it ended. */
  readonly date: string;
  readonly processor: string;
  readonly cpus: number;
  readonly environment: Environment;
  readonly options: BenchOptions;
  readonly epochs: readonly EpochMeasurement[];
  readonly wholeRuns: readonly WholeRunMeasurement[];
  readonly sweeps: readonly RunsMeasurement[];
}
