import type { ReproducedRow, Reproduction } from './define.js';
import { DER_SOURCE, TWENTY_TASKS } from './der.js';

/** The method of PermutedMNIST; what its preset says of the training does not hold on another benchmark. */
const withMemory = (
  strategy: string,
  method: string,
  learningRate: number,
): Omit<ReproducedRow, 'scenario'> => ({
  name: `${strategy}-500`,
  method: `${method}, 500`,
  settings: { strategy, preset: 'permuted-mnist-500', learningRate },
});

const ROWS: readonly Omit<ReproducedRow, 'scenario'>[] = [
  { name: 'fine-tuning', method: 'SGD', settings: { strategy: 'baseline', learningRate: 0.2 } },
  withMemory('agem', 'A-GEM', 0.1),
  withMemory('er', 'ER', 0.2),
  withMemory('der', 'DER', 0.2),
  withMemory('derpp', 'DER++', 0.2),
  { name: 'joint', method: 'joint', settings: { strategy: 'joint', learningRate: 0.2 } },
];

/** The protocol of the DER paper on twenty rotations; its values are not at hand, so that the order of the methods is all. */
export const derRotatedMnist: Reproduction = {
  name: 'der-rotated-mnist',
  title: 'RotatedMNIST in one pass, twenty tasks',
  source: DER_SOURCE,
  protocol:
    'Twenty tasks, each with an angle drawn from 0 to 180 degrees, anew with each seed, pixels from their nearest neighbour; ' +
    '784-100-100 and ReLU, by Xavier’s initialisation; plain SGD, one epoch, batches of 128 and as many examples of the memory; the number after a ' +
    'method is its memory, a reservoir over every step. Learning rates are those of PermutedMNIST. The paper’s values were not at hand; ' +
    'its order is SGD, A-GEM, ER, DER, DER++, joint.',
  settings: { ...TWENTY_TASKS, benchmark: 'rotated-mnist', angles: 'drawn' },
  seeded: ['angleSeed'],
  rows: ROWS.map((row) => ({ ...row, scenario: 'domain' as const })),
};
