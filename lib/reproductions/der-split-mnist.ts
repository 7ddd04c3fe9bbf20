import { type ReproducedRow, type Reproduction, recalled } from './define.js';
import { DER_NETWORK, DER_SOURCE, rerun } from './der.js';

const ROWS: readonly Omit<ReproducedRow, 'scenario'>[] = [
  { name: 'fine-tuning', method: 'SGD', settings: { strategy: 'baseline', learningRate: 0.03 } },
  {
    name: 'online-ewc',
    method: 'online EWC',
    settings: { strategy: 'ewc', preset: 'split-mnist-online' },
  },
  {
    name: 'si',
    method: 'SI',
    settings: { strategy: 'si', preset: 'split-mnist-online' },
  },
  { name: 'agem', method: 'A-GEM, 500', settings: { strategy: 'agem', preset: 'split-mnist-500' } },
  {
    name: 'er-200',
    method: 'ER, 200',
    settings: { strategy: 'er', preset: 'split-mnist-200' },
    ...rerun(80.4, 82),
  },
  {
    name: 'er-500',
    method: 'ER, 500',
    settings: { strategy: 'er', preset: 'split-mnist-500' },
    ...rerun(86.1, 87),
  },
  {
    name: 'er-5120',
    method: 'ER, 5120',
    settings: { strategy: 'er', preset: 'split-mnist-5120' },
    ...rerun(93.4, 94),
  },
  {
    name: 'der-500',
    method: 'DER, 500',
    settings: { strategy: 'der', preset: 'split-mnist-500' },
    ...recalled(90.5),
  },
  {
    name: 'derpp-500',
    method: 'DER++, 500',
    settings: { strategy: 'derpp', preset: 'split-mnist-500' },
    ...recalled(91),
  },
];

/** The protocol of the DER paper, whose memories are reservoirs over every step. */
export const derSplitMnist: Reproduction = {
  name: 'der-split-mnist',
  title: 'SplitMNIST in one pass, class-incremental',
  source: DER_SOURCE,
  protocol:
    'Five tasks of two classes, losses and predictions over all ten outputs; 784-100-100 and ReLU, by Xavier’s initialisation; plain SGD, one epoch, batches ' +
    'of 10; the number after a method is its memory, a reservoir over every step.',
  settings: {
    benchmark: 'split-mnist',
    outputs: 'all',
    ...DER_NETWORK,
    optimizer: 'sgd',
    weightDecay: 0,
    epochs: 1,
    batchSize: 10,
  },
  rows: ROWS.map((row) => ({ ...row, scenario: 'class' as const })),
};
