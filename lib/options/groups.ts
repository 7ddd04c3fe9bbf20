import type { CommonOptions } from './common.js';
import type { LfdOptions } from './lfd.js';
import type { MemoryOptions } from './memory.js';

/** Where help puts an option. */
export type OptionGroup =
  | 'Less-forgetting direction'
  | 'Equilibrium point'
  | 'Memory and rehearsal'
  | 'Tasks and data'
  | 'Network and training'
  | 'Machine'
  | 'Output';

/** The compiler holds this list and the options equal. */
const groups: Readonly<Record<keyof (CommonOptions & LfdOptions & MemoryOptions), OptionGroup>> = {
  benchmark: 'Tasks and data',
  dataset: 'Tasks and data',
  dataDir: 'Tasks and data',
  tasks: 'Tasks and data',
  epochs: 'Tasks and data',
  permutationSeed: 'Tasks and data',
  validation: 'Tasks and data',
  evaluateAll: 'Tasks and data',
  batchSize: 'Network and training',
  hidden: 'Network and training',
  learningRate: 'Network and training',
  weightDecay: 'Network and training',
  beta1: 'Network and training',
  beta2: 'Network and training',
  epsilon: 'Network and training',
  seed: 'Network and training',
  onNan: 'Network and training',
  device: 'Machine',
  engine: 'Machine',
  precision: 'Machine',
  threads: 'Machine',
  out: 'Output',
  checkpointEvery: 'Output',
  preset: 'Less-forgetting direction',
  alpha: 'Less-forgetting direction',
  direction: 'Less-forgetting direction',
  sphere: 'Less-forgetting direction',
  radius: 'Less-forgetting direction',
  ratios: 'Less-forgetting direction',
  directionIterations: 'Less-forgetting direction',
  directionBatchSize: 'Less-forgetting direction',
  directionLearningRate: 'Less-forgetting direction',
  directionMomentum: 'Less-forgetting direction',
  directionSchedule: 'Less-forgetting direction',
  smoothing: 'Less-forgetting direction',
  equilibriumPoint: 'Equilibrium point',
  lambdaStart: 'Equilibrium point',
  lambdaLearningRate: 'Equilibrium point',
  lambdaSchedule: 'Equilibrium point',
  lambdaClip: 'Equilibrium point',
  lambdaIterations: 'Equilibrium point',
  lambdaClamp: 'Equilibrium point',
  memorySize: 'Memory and rehearsal',
  memoryPer: 'Memory and rehearsal',
  memorySelection: 'Memory and rehearsal',
  rehearsal: 'Memory and rehearsal',
};

/** The group of an option of an experiment; those of other uses of the package are not grouped. */
export function groupOf(key: string): OptionGroup | undefined {
  return Object.hasOwn(groups, key) ? groups[key as keyof typeof groups] : undefined;
}
