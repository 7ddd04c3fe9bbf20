import type { NetworkSpec } from '../../binding.js';
import { type Experiment, parseExperiment } from '../config/parse.js';
import type { MeasuredNetwork } from './types.js';

/** Epochs of a measurement. The first one warms up caches, threads and buffers; the median leaves it out. */
export const EPOCHS = 3;
/** Of MNIST, and of images that are made up. */
export const CLASSES = 10;
const MNIST_IMAGE = [1, 28, 28] as const;

/**
 * What is measured: one task, trained by nothing beside the batch's loss.
 * @throws {ClTorchError} CONFIG_INVALID for settings that no run takes.
 */
export function plainTraining(settings: object): Experiment {
  return parseExperiment({ ...settings, strategy: 'baseline', tasks: 1 });
}

/** The same with a network, and its specification. */
export interface NetworkTraining extends Experiment {
  readonly spec: NetworkSpec;
}

/** @throws {ClTorchError} CONFIG_INVALID for settings that no run takes, and for images that the network does not. */
export function networkTraining({ settings, images = MNIST_IMAGE }: MeasuredNetwork): NetworkTraining {
  const training = plainTraining(settings);
  return { ...training, spec: training.network.spec(training.config, images, CLASSES) };
}
