import type { ReproducedRow } from './define.js';

/** The paper of the tables of van de Ven and Tolias. */
export const VAN_DE_VEN_SOURCE: string =
  'G. M. van de Ven, A. S. Tolias, Generative replay with feedback connections as a general strategy for continual ' +
  'learning, arXiv:1809.10635';

/** Their LwF, on SplitMNIST and on PermutedMNIST. */
export const VAN_DE_VEN_LWF: Pick<ReproducedRow, 'name' | 'method' | 'settings'> & { readonly note: string } =
  {
    name: 'lwf',
    method: 'LwF',
    settings: { strategy: 'lwf', preset: 'split-mnist' },
    note: 'The losses are weighed by 1/N and 1 − 1/N in the N-th task, and the distillation is the mean over the outputs, as in the program of 2018.',
  };
