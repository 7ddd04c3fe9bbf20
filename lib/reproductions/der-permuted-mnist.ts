import { type ReproducedRow, type Reproduction, recalled } from './define.js';
import { DER_SOURCE, rerun, TWENTY_TASKS } from './der.js';

const ROWS: readonly Omit<ReproducedRow, 'scenario'>[] = [
  {
    name: 'fine-tuning',
    method: 'SGD',
    settings: { strategy: 'baseline', learningRate: 0.2 },
    ...rerun(40.7, 46),
  },
  {
    name: 'online-ewc',
    method: 'online EWC',
    settings: { strategy: 'ewc', preset: 'permuted-mnist-online' },
  },
  {
    name: 'si',
    method: 'SI',
    settings: { strategy: 'si', preset: 'permuted-mnist-online' },
  },
  { name: 'agem', method: 'A-GEM, 500', settings: { strategy: 'agem', preset: 'permuted-mnist-500' } },
  {
    name: 'er-200',
    method: 'ER, 200',
    settings: { strategy: 'er', preset: 'permuted-mnist-200' },
    ...rerun(72.4, 76),
  },
  {
    name: 'er-500',
    method: 'ER, 500',
    settings: { strategy: 'er', preset: 'permuted-mnist-500' },
    ...rerun(80.6, 83),
  },
  {
    name: 'er-5120',
    method: 'ER, 5120',
    settings: { strategy: 'er', preset: 'permuted-mnist-5120' },
    ...rerun(89.9, 90),
  },
  { name: 'der-500', method: 'DER, 500', settings: { strategy: 'der', preset: 'permuted-mnist-500' } },
  {
    name: 'derpp-200',
    method: 'DER++, 200',
    settings: { strategy: 'derpp', preset: 'permuted-mnist-200' },
    ...recalled(83.6),
  },
  {
    name: 'derpp-500',
    method: 'DER++, 500',
    settings: { strategy: 'derpp', preset: 'permuted-mnist-500' },
    ...recalled(88.2),
  },
];

/** The protocol of the DER paper on twenty permutations. */
export const derPermutedMnist: Reproduction = {
  name: 'der-permuted-mnist',
  title: 'PermutedMNIST in one pass, twenty tasks',
  source: DER_SOURCE,
  protocol:
    'Twenty tasks, the first one permuted, too; 784-100-100 and ReLU, by Xavier’s initialisation; plain SGD, one epoch, batches of 128 and as many examples of ' +
    'the memory; the number after a method is its memory, a reservoir over every step.',
  settings: { ...TWENTY_TASKS, benchmark: 'permuted-mnist', firstTask: 'permuted' },
  rows: ROWS.map((row) => ({ ...row, scenario: 'domain' as const })),
};
