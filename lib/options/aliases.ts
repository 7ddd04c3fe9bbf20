import type { CommonOptions } from './common.js';
import type { LfdOptions } from './lfd.js';
import type { MemoryOptions } from './memory.js';

/** Names under which other programs of the field have an option, with the same meaning and the same values. */
const aliases: Readonly<
  Partial<Record<keyof (CommonOptions & LfdOptions & MemoryOptions), readonly string[]>>
> = {
  tasks: ['n-tasks', 'num-tasks', 'n-experiences', 'num-experiences'],
  epochs: ['n-epochs', 'num-epochs', 'train-epochs'],
  batchSize: ['batch', 'bs', 'minibatch-size', 'train-mb-size'],
  learningRate: ['lr'],
  weightDecay: ['wd'],
  epsilon: ['eps'],
  hidden: ['hidden-sizes', 'hidden-layers'],
  memorySize: ['memory'],
  threads: ['num-threads', 'n-threads'],
  out: ['output', 'out-dir', 'output-dir', 'save-dir'],
};

const devices =
  'the device is --device cuda (cuda:1 for the second GPU) or --device cpu; auto takes a GPU where there is one';
const network =
  'the network is a multilayer perceptron; --hidden 400,400,400 has the width of each hidden layer';
const optimizer =
  'the optimizer is AdamW; --learning-rate, --weight-decay, --beta1, --beta2 and --epsilon are its settings';
const lambda =
  '--alpha is the weight of the penalty; --lambda-start is where the search of the equilibrium point begins';
const number = '--precision tf32 or bf16 is the number format of the matrix products on a GPU';
const schedule = 'the learning rate is constant (--learning-rate)';
const logs =
  '--out DIR keeps the results, --events FILE every event, --tensorboard DIR the numbers for TensorBoard';
const memory =
  '--memory-size N keeps N examples of each task, or with --memory-per class of each class of it; other programs count the ' +
  'whole buffer of all tasks under this name';
const resume = 'cl-torch resume DIR goes on with the run in a folder';

/** What to write in place of names of the field that have another meaning here, or none. */
const advice: Readonly<Record<string, string>> = {
  optimizer,
  optimiser: optimizer,
  optim: optimizer,
  betas: optimizer,
  momentum: `${optimizer}; --direction-momentum is that of lfd's search`,
  model: network,
  arch: network,
  architecture: network,
  network,
  net: network,
  backbone: network,
  layers: network,
  'n-layers': network,
  'num-layers': network,
  'hidden-size': network,
  width: network,
  dropout: `${network}; it has no dropout`,
  activation: `${network}; its activation is ReLU`,
  lambda,
  'ewc-lambda': lambda,
  reg: lambda,
  gpu: devices,
  gpus: devices,
  cuda: devices,
  cpu: devices,
  'no-cuda': devices,
  'gpu-id': devices,
  amp: number,
  fp16: number,
  bf16: number,
  tf32: number,
  scheduler: schedule,
  'lr-scheduler': schedule,
  data: '--dataset NAME is the data set, --data-dir DIR the folder of your own IDX files',
  'data-path': '--data-dir DIR is the folder of your own IDX files',
  'data-root': '--data-dir DIR is the folder of your own IDX files',
  scenario: '--benchmark NAME is the stream of tasks',
  method: 'the strategy is named without a flag, as in cl-torch run er',
  algorithm: 'the strategy is named without a flag, as in cl-torch run er',
  replay: '--rehearsal N examples of the memory join every batch; --memory-size N are kept of each task',
  'replay-size':
    '--rehearsal N examples of the memory join every batch; --memory-size N are kept of each task',
  buffer: memory,
  'buffer-size': memory,
  'mem-size': memory,
  workers: 'there are no data loaders: the images are in memory; --threads N is the number of CPU threads',
  'num-workers':
    'there are no data loaders: the images are in memory; --threads N is the number of CPU threads',
  'log-dir': logs,
  logdir: logs,
  log: logs,
  resume,
  checkpoint: `--checkpoint-every says when one is written; ${resume}`,
  'n-seeds': '--seeds N runs that many seeds',
  'num-seeds': '--seeds N runs that many seeds',
  runs: '--seeds N runs that many seeds',
  'n-runs': '--seeds N runs that many seeds',
  verbose: 'progress is shown unless --quiet is given; --events FILE keeps every event',
};

/** Other names of an option, as flags without their hyphens. */
export function aliasesOf(key: string): readonly string[] {
  return Object.hasOwn(aliases, key) ? (aliases[key as keyof typeof aliases] ?? []) : [];
}

/** The key that a name of the field stands for; `num_tasks` and `numTasks` are read as `num-tasks`. */
export function keyForAlias(name: string): string | undefined {
  const known = Object.entries(aliases).find(([, names]) => names.includes(hyphenated(name)));
  return known?.[0];
}

/** What to write in the place of a name that is none here; undefined for one that nothing is known of. */
export function adviceFor(name: string): string | undefined {
  const known = hyphenated(name);
  return Object.hasOwn(advice, known) ? advice[known] : undefined;
}

function hyphenated(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-');
}
