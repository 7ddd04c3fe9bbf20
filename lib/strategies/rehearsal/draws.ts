import { integer } from '../../options/kinds.js';
import { type Option, withDefault } from '../../options/option.js';

/** What a method has that draws from the memory beside its batches. */
export interface DrawOptions {
  /** Examples of the memory that each step draws for each loss on it. Default 128. */
  readonly replayBatchSize: number;
}

export const replayBatchSize: Option<number> = withDefault(
  integer(1, 1_000_000),
  128,
  'examples of the memory that each step draws for each loss on it',
  { group: 'Memory and rehearsal' },
);
