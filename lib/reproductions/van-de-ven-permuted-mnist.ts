import { type ReproducedRow, type Reproduction, within } from './define.js';
import { VAN_DE_VEN_LWF, VAN_DE_VEN_SOURCE } from './van-de-ven.js';

const ROWS: readonly Omit<ReproducedRow, 'scenario'>[] = [
  {
    name: 'fine-tuning',
    method: 'fine-tuning',
    settings: { strategy: 'baseline' },
    ...within(3, 78.51, 0.24),
  },
  {
    name: 'ewc',
    method: 'EWC',
    settings: { strategy: 'ewc', preset: 'permuted-mnist' },
    ...within(1, 94.31, 0.11),
  },
  {
    name: 'online-ewc',
    method: 'online EWC',
    settings: { strategy: 'ewc', strength: 100, importanceSamples: 1000, form: 'online' },
    ...within(1, 94.42, 0.13),
  },
  {
    name: 'si',
    method: 'SI',
    settings: { strategy: 'si', preset: 'permuted-mnist' },
    ...within(1, 95.33, 0.11),
  },
  {
    ...VAN_DE_VEN_LWF,
    ...within(3, 72.64, 0.52),
    note: `${VAN_DE_VEN_LWF.note} Published below fine-tuning.`,
  },
  { name: 'joint', method: 'joint', settings: { strategy: 'cumulative' }, ...within(1, 97.59, 0.01) },
];

/** Table 4 of the paper of 2018. A seed of a row takes some 20 CPU minutes. */
export const vanDeVenPermutedMnist: Reproduction = {
  name: 'van-de-ven-permuted-mnist',
  title: 'PermutedMNIST, ten tasks',
  source: `${VAN_DE_VEN_SOURCE}, table 4`,
  protocol:
    'Ten tasks, images padded to 32 × 32 and their 1,024 pixels permuted, in the first task, too; 1024-1000-1000 and ReLU; ' +
    'Adam, 0.0001, its state kept from task to task; 5,000 iterations a task, batches of 128; published over 20 seeds.',
  settings: {
    benchmark: 'permuted-mnist',
    tasks: 10,
    padding: 2,
    hidden: [1000, 1000],
    optimizer: 'adam',
    weightDecay: 0,
    learningRate: 0.0001,
    optimizerState: 'keep',
    iterations: 5000,
    batchSize: 128,
  },
  rows: ROWS.map((row) => ({ ...row, scenario: 'domain' as const })),
};
