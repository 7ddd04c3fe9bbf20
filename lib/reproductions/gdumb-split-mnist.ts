import { type ReproducedRow, type Reproduction, within } from './define.js';

const row = (preset: string, memory: number, units: number, mean: number, error: number): ReproducedRow => ({
  name: preset,
  method: `GDumb, ${memory}, ${units}-${units}`,
  scenario: 'class',
  settings: { strategy: 'gdumb', preset: `split-mnist-${preset}` },
  ...within(1, mean, error),
  note: 'Theirs is the best of 128 passes by the test images, and ours the last of them.',
});

/** A memory is all that is learnt: the cheapest published bar that is exact. */
export const gdumbSplitMnist: Reproduction = {
  name: 'gdumb-split-mnist',
  title: 'SplitMNIST by GDumb, class-incremental',
  source:
    'A. Prabhu et al., GDumb: a simple approach that questions our progress in continual learning, ECCV, 2020',
  protocol:
    'Five tasks of two classes; a memory balanced over the classes; two hidden layers with BatchNorm and without biases; random ' +
    'crops; batches of 16, SGD with momentum 0.9, weight decay 0.000001, 0.05 to 0.0005 by cosine with warm restarts ' +
    'after a pass at 0.005, gradients of norm 10 at most.',
  settings: { benchmark: 'split-mnist' },
  rows: [
    row('300', 300, 100, 89.1, 0.4),
    row('500', 500, 100, 90.2, 0.4),
    row('wide-500', 500, 400, 91.9, 0.5),
    row('wide-4400', 4400, 400, 97.8, 0.1),
  ],
};
