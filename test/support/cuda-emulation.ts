import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('../../build', import.meta.url));

/** What test/emulation/engines.cpp prints of a case. */
interface Comparison {
  readonly name: string;
  readonly steps: number;
  /** Largest relative difference of a step's loss from autograd's. */
  readonly losses: number;
  /** Relative distance of the trained parameters from autograd's, in the Euclidean norm. */
  readonly parameters: number;
  /** The same of what a training leaves in other vectors: a path, and its score. */
  readonly traces: number;
  /** The same of a gradient at other parameters than the model's. */
  readonly gradient: number;
  /** Relative difference of the losses there. */
  readonly loss: number;
  /** Examples classified right, by the CUDA engine and by autograd. */
  readonly correct: readonly [number, number];
  /** The same of the task's own classes. */
  readonly own: readonly [number, number];
  /**
   * Whether the same came out when blocks and their threads ran in the opposite order, streams and branches of graphs by
   * chance, and copies to the device late.
   */
  readonly repeats: boolean;
}

interface Cancelled {
  readonly code: string;
  readonly steps: number;
  readonly reported: number;
  readonly loss: number;
  readonly parameters: number;
}

interface Diverged {
  /**
   * Rows right of a sound model, with one output NaN, with one infinite. Of masked classes: among the range and the task's
   * own classes, each before and after other outputs were made large, and then among all.
   */
  readonly counts: readonly number[];
  /** Whether the last loss is a finite number. */
  readonly finite: boolean;
}

/** A line of what the emulation prints, by the case that it is of. */
export type Printed = Comparison & Cancelled & Timed & Together & Diverged & Failing;

/** What test/emulation/failures.cpp prints. */
interface Failing {
  /** Calls that were refused, one a training. */
  readonly calls: number;
  /** How many of them ended the training's work with an error, */
  readonly told: number;
  /** always with OUT_OF_MEMORY. */
  readonly byName: boolean;
  /** Whether steps were replayed as graphs: as ever, and where they could not. */
  readonly graphs: readonly boolean[];
  /** Rules that the emulation let a program break. */
  readonly unheeded: readonly string[];
  /** Whether the tensors of a model on a GPU start on 512 bytes; */
  readonly aligned: boolean;
  /** and where, in elements, those on the CPU do. */
  readonly offsets: readonly number[];
}

/** What test/emulation/groups.cpp prints of models that were trained together, beside what it shares with the others. */
interface Together {
  /** Codes of the models' failures; empty without one. */
  readonly codes: readonly string[];
  /** Largest difference of the models that were not cancelled from autograd's. */
  readonly others: number;
}

interface Timed {
  readonly seconds: number;
  /** Whether what must not change has not. */
  readonly kept: boolean;
  /** Whether all gradients outside the classes are exactly 0. */
  readonly zero: boolean;
}

/** Cases of other optimisers than AdamW. */
const optimizers = [
  'adam',
  'adam with the penalty',
  'sgd',
  'sgd with the penalty',
  'momentum',
  "Nesterov's momentum with the penalty",
];

/** Cases in which one model is trained. */
export const ALONE: readonly string[] = [
  'a short last batch',
  'the penalty of one sphere',
  'the penalty of a sphere a tensor',
  'rehearsal',
  'both',
  'an odd batch size and odd widths',
  'no hidden layer',
  'an output too wide for one kernel',
  'one example at a time',
  'no fused bias and ReLU',
  'a fused bias and ReLU that is an error',
  'inputs that are numbers',
  'a view with rows, zeros and labels of its own',
  'bytes that tables say the values of',
  'classes of the task',
  'classes of the task, and others of the memory',
  'classes of the task, of a wide output',
  'classes of the task, no hidden layer',
  'a penalty on leaving a point',
  'penalties on leaving points, and a direction',
  'a penalty on leaving a direction by importance',
  'a mask',
  'hidden parameters',
  'a path of the loss',
  'a path of all, and a mask',
  'a path that is judged',
  'squared targets',
  'soft targets',
  'soft targets of ranges, classes and a path',
  'targets, no hidden layer',
  ...optimizers,
];

/** Cases in which three models are trained as one batch. */
export const TOGETHER: readonly string[] = [
  'a short last batch',
  'the penalty of one sphere',
  'the penalty of a sphere a tensor',
  'rehearsal',
  'an odd batch size and odd widths',
  'no hidden layer',
  'an output too wide for one kernel',
  'an output of many inputs',
  'one example at a time',
  'no fused bias and ReLU',
  'inputs that are numbers',
  'bytes that tables say the values of',
  'classes of the task, and others of the memory',
  'classes of the task, of a wide output',
  'one with classes of the task',
  'penalties on leaving points',
  'a penalty on leaving a direction by importance',
  'a mask and a path',
  'hidden parameters',
  'terms that are not alike',
  ...optimizers,
  'not alike',
];

/** Builds test/emulation and runs it, which takes minutes: what it prints of each case, by the case's name. */
export function emulate(): Map<string, Printed> {
  run('cmake', '--build', build, '--target', 'cuda_emulation');
  const lines = run(`${build}/test/emulation/cuda_emulation`).trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as Printed).map((printed) => [printed.name, printed]));
}

function run(command: string, ...args: readonly string[]): string {
  // scripts/sanitize.mjs preloads what neither the compiler nor the emulation's fibers bear.
  const env = { ...process.env, LD_PRELOAD: '' };
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e8, env });
  if (status !== 0) throw new Error(`${command} ended with status ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}
