import { oneOf } from '../../options/kinds.js';
import { type Option, withDefault } from '../../options/option.js';
import type { Setting } from '../../training/definition.js';

/** What the replay methods have that know published settings. */
export interface PublishedOptions<Name extends string> {
  /** A published setting, with its benchmark, network and optimizer where nothing else is given; docs/strategies.md has the list. Default none. */
  readonly preset: 'none' | Name;
}

/** The option, with the words of a method. */
export function published<Name extends string>(...names: readonly Name[]): Option<'none' | Name> {
  return withDefault(
    oneOf<'none' | Name>(['none', ...names]),
    'none' as NoInfer<'none' | Name>,
    'a published setting, with its benchmark, network and optimizer where nothing else is given; docs/strategies.md has the list',
    { group: 'Published settings' },
  );
}

/** Their network, which starts from Xavier's uniform draws. */
const small: Setting = { network: 'mlp', hidden: [100, 100], init: 'xavier' };
const plainSgd: Setting = { optimizer: 'sgd', weightDecay: 0, epochs: 1 };

/** SplitMNIST of Buzzega et al., NeurIPS, 2020: class-incremental over ten outputs, one epoch. */
export function splitMnistOnline(learningRate: number): Setting {
  const stream = { benchmark: 'split-mnist', scenario: 'class', outputs: 'all', batchSize: 10 };
  return { ...stream, ...small, ...plainSgd, learningRate };
}

/** PermutedMNIST of the same: 20 tasks, one epoch. */
export function permutedMnistOnline(learningRate: number): Setting {
  const stream = { benchmark: 'permuted-mnist', tasks: 20, firstTask: 'permuted', batchSize: 128 };
  return { ...stream, ...small, ...plainSgd, learningRate };
}

/** SplitMNIST of van de Ven et al., Nature Machine Intelligence, 2022, class-incremental over the classes seen so far. */
export const splitMnistOffline: Setting = {
  ...{ benchmark: 'split-mnist', scenario: 'class', network: 'mlp', hidden: [400, 400] },
  ...{ optimizer: 'adam', learningRate: 0.001, weightDecay: 0, optimizerState: 'keep' },
  ...{ iterations: 2000, batchSize: 128 },
};

/**
 * By what Prabhu et al., ECCV, 2020, learn a memory of SplitMNIST: a first pass at a tenth of the rate, and then falls of it over
 * 1, 2, 4, … passes, so that the 128th and last ends the longest one. They report the best pass by the test images, and ours is the last.
 */
export function splitMnistDumb(width: number): Setting {
  return {
    ...{ benchmark: 'split-mnist', scenario: 'class', network: 'mlp', hidden: [width, width] },
    ...{ norm: 'batch', bias: 'off', normalisation: [0.1307, 0.3081], augment: 'crop', cropMargin: 4 },
    ...{ epochs: 128, batchSize: 16, optimizer: 'sgd', momentum: 0.9, weightDecay: 1e-6, clipGradient: 10 },
    ...{
      learningRate: 0.05,
      minLearningRate: 0.0005,
      schedule: 'restarts',
      restartEpochs: 1,
      restartFactor: 2,
      warmUpEpochs: 1,
    },
  };
}
