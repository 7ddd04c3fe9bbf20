import { readFile } from 'node:fs/promises';
import { ClTorchError, codeOf, messageOf } from '../base/errors.js';
import { shown } from '../base/values.js';
import type { BenchmarkDefinition, TasksOption } from '../benchmarks/define.js';
import { benchmarkNamed, benchmarks } from '../benchmarks/index.js';
import type { OutputChoice } from '../benchmarks/scenario.js';
import { damaged } from '../checkpoint/trouble.js';
import { type DatasetDefinition, datasets } from '../datasets/index.js';
import { parseJson } from '../files/index.js';
import { parseOptions } from '../options/check.js';
import type { Scenario } from '../training/definition.js';

/** What the configuration of a run tells of its images and its outputs. */
export interface RunConfig {
  readonly benchmark: BenchmarkDefinition;
  readonly scenario: Scenario;
  readonly outputs: OutputChoice;
  /** Of the benchmark. */
  readonly options: TasksOption;
  /** Tasks of the stream that it passed over. */
  readonly skipTasks: number;
  /** Of its data set; of the user's own, as many as labels of a byte can have. */
  readonly classes: number;
  /** Black pixels on each side of its images. */
  readonly padding: number;
  /** Whether its images are the user's own, of any size, instead of a published data set's. */
  readonly ownData: boolean;
  /** What its pictures are scaled to, if they are. */
  readonly side: number | undefined;
}

/** Undefined where the file is not there. */
export async function runConfig(file: string): Promise<RunConfig | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  // A run with a custom strategy has a name here that is none of ours; of such a run its benchmark is enough.
  const config = fromBytes(bytes, file);
  const { benchmark: name = benchmarks[0].name, dataDir } = config;
  const benchmark = benchmarkNamed(name);
  if (!benchmark) throw unknownBenchmark(file, name);
  const known: DatasetDefinition | undefined = datasets.find(({ name: each }) => each === config.dataset);
  const ownData = dataDir !== undefined;
  const padding = typeof config.padding === 'number' ? config.padding : 0; // earlier versions had none
  const side = typeof config.imageSize === 'number' ? config.imageSize : known?.imageSize;
  const classes = ownData || !known ? 256 : known.classes;
  const { scenario, outputs } = config;
  return {
    benchmark,
    // Earlier versions had neither.
    scenario: benchmark.scenarios.find((each) => each === scenario) ?? 'domain',
    outputs: outputs === 'all' || outputs === 'grow' ? outputs : 'seen',
    options: parseOptions(benchmark.options, config),
    skipTasks: typeof config.skipTasks === 'number' ? config.skipTasks : 0,
    classes,
    padding,
    ownData,
    side,
  };
}

function fromBytes(bytes: Uint8Array, file: string): Record<string, unknown> {
  try {
    return Object(parseJson(bytes));
  } catch (error) {
    throw damaged(file, 'configuration', `it is no JSON (${messageOf(error)})`, error);
  }
}

function unknownBenchmark(file: string, name: unknown): ClTorchError {
  return new ClTorchError(
    'CONFIG_INVALID',
    `${file} names the custom benchmark ${shown(name)}, and only its author's file tells how it shows an image. Give the ` +
      'model.safetensors from another folder to feed the images as they are.',
  );
}
