import type { DirectionOptions } from '../../binding.js';

/** A search that ends where it starts: at a random direction. */
export const randomDirection: Omit<DirectionOptions, 'perTensor' | 'radius'> = {
  ratios: [1],
  learningRate: 0.01,
  momentum: 0,
  decays: false,
  iterations: 0,
  batchSize: 1,
  smoothing: 0,
  trainingStream: false,
  batchStatistics: false,
  layers: null,
};
