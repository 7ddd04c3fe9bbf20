import type { Preset, Setting } from '../../training/definition.js';
import { type MemoryOptions, ofEachClass } from '../rehearsal/memory.js';
import type { RehearseOptions } from '../rehearsal/rehearse.js';
import type { ForerunnerPreset, LfdOptions } from './options.js';

type Options = LfdOptions & MemoryOptions & RehearseOptions;

interface Forerunner extends Partial<Options> {
  readonly radius: number;
  /** Of the parameters, off the direction: this times delta is added to the gradient, so that alpha is its half. */
  readonly decay: number;
}

/** What is the same everywhere: 20 passes in batches of 10 over one example of each class and task. */
function optionsOf({ decay, ...own }: Forerunner): Partial<Options> {
  return {
    alpha: decay / 2,
    directionPasses: 20,
    directionBatchSize: 10,
    lambdaPasses: 20,
    ...ofEachClass(1),
    rehearse: 'epochs',
    ...own,
  };
}

/** One online pass. */
function online(setting: Setting): Setting {
  return { ...setting, batchSize: 10, epochs: 1, optimizer: 'sgd', momentum: 0.7, weightDecay: 0 };
}

const smallNetwork: Setting = { network: 'mlp', hidden: [256, 256], learningRate: 0.01 };

/** A preset of LFD for each of these benchmarks; docs/lfd.md has what had to be chosen. */
export const forerunner: Readonly<Record<ForerunnerPreset, Preset<Options>>> = {
  'pfcl-permuted-mnist': {
    options: optionsOf({ radius: 80, decay: 0.01, projection: 'per-tensor' }),
    setting: online({ benchmark: 'permuted-mnist', tasks: 20, firstTask: 'natural', ...smallNetwork }),
  },
  'pfcl-rotated-mnist': {
    // The forerunner's step of 0.01 is on unit spheres, which ours, of radius 10, are ten times as large as.
    options: optionsOf({ radius: 10, decay: 5e-5, sphere: 'per-tensor', directionLearningRate: 0.1 }),
    setting: online({ benchmark: 'rotated-mnist', tasks: 20, angles: 'even', ...smallNetwork }),
  },
  'pfcl-split-cifar100': {
    options: optionsOf({ radius: 20, decay: 1e-4, projection: 'per-tensor', smoothing: 0.3, bn: 'new' }),
    setting: online({
      ...{ benchmark: 'split-cifar100', tasks: 20, classesPerTask: 5, scenario: 'task' },
      ...{ network: 'resnet18', width: 20, learningRate: 0.1, augment: 'crop,flip' },
      normalisation: [0.5071, 0.4866, 0.4409, 0.2673, 0.2564, 0.2762],
    }),
  },
};
