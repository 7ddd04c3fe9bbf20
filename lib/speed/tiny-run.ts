/** A run of about a third of a second beside another one, what it is measured with beside the training included. */
export const TINY_RUN = {
  strategy: 'baseline',
  benchmark: 'split-mnist',
  device: 'cpu',
  examplesPerClass: 2000,
  epochs: 2,
  hidden: [100],
} as const;
