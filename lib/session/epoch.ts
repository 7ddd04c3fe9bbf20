import type { EpochOptions } from '../../binding.js';
import type { WithDefaults } from './objective-calls.js';

/** An epoch where nothing else is said. */
export const EPOCH = {
  joinsMemory: false,
  lastBatch: 'keep',
  mostSteps: 0,
  rehearsal: 0,
  reservoir: 0,
  storesOutputs: false,
  onNan: 'stop',
  epoch: 0,
  epochs: 1,
  augmentation: null,
} as const;

/** Views or the memory in batches; all else has a default. */
export type EpochInput = WithDefaults<EpochOptions, keyof typeof EPOCH>;
