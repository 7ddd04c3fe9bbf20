import type { ReproducedRow, Reproduction } from './define.js';
import { DER_SOURCE } from './der.js';

/** One pass of plain SGD, with the learning rates of the paper's PermutedMNIST. */
const ROWS: readonly Omit<ReproducedRow, 'scenario'>[] = [
  { name: 'fine-tuning', method: 'SGD', settings: { strategy: 'baseline', learningRate: 0.2 } },
  { name: 'agem', method: 'A-GEM, 500', settings: { strategy: 'agem', preset: 'permuted-mnist-500' } },
  { name: 'er-500', method: 'ER, 500', settings: { strategy: 'er', preset: 'permuted-mnist-500' } },
  { name: 'der-500', method: 'DER, 500', settings: { strategy: 'der', preset: 'permuted-mnist-500' } },
  { name: 'derpp-500', method: 'DER++, 500', settings: { strategy: 'derpp', preset: 'permuted-mnist-500' } },
  { name: 'joint', method: 'joint', settings: { strategy: 'joint', learningRate: 0.2 } },
];

/** The protocol of the DER paper on twenty rotations; its values are not at hand, so that the order of the methods is all. */
export const derRotatedMnist: Reproduction = {
  name: 'der-rotated-mnist',
  title: 'RotatedMNIST in one pass, twenty tasks',
  source: DER_SOURCE,
  protocol:
    'Twenty tasks, each with an angle drawn from 0 to 180 degrees, anew with each seed, pixels from their nearest neighbour; ' +
    '784-100-100 and ReLU; plain SGD, one epoch, batches of 128 and as many examples of the memory; the number after a ' +
    'method is its memory, a reservoir over every step. Learning rates are those of PermutedMNIST. The paper’s values were not at hand; ' +
    'its order is SGD, A-GEM, ER, DER, DER++, joint.',
  settings: {
    benchmark: 'rotated-mnist',
    tasks: 20,
    angles: 'drawn',
    hidden: [100, 100],
    optimizer: 'sgd',
    weightDecay: 0,
    epochs: 1,
    batchSize: 128,
  },
  seeded: ['angleSeed'],
  rows: ROWS.map((row) => ({ ...row, scenario: 'domain' as const })),
};
