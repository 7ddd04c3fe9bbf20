import { integer, oneOf } from './kinds.js';
import { type OptionSchemas, withDefault } from './option.js';

/** Options of the rehearsal memory. */
export interface MemoryOptions {
  /** Training examples kept of each task, or of each class of each task. Default 200. */
  readonly memorySize: number;
  /** What the memory's size counts for. Default task. */
  readonly memoryPer: 'task' | 'class';
  /** Which examples are kept: as many as the size says at random, or all. Default random. */
  readonly memorySelection: 'random' | 'all';
  /** Examples of the memory that join every batch; lfd has none by default. Default 64. */
  readonly rehearsal: number;
}

/** The compiler holds this list and {@link MemoryOptions} equal. */
export function memoryOptions(defaults: { rehearsal: number }): OptionSchemas<MemoryOptions> {
  return {
    memorySize: withDefault(
      integer(0, 10_000_000),
      200,
      'training examples kept of each task, or of each class of each task',
    ),
    memoryPer: withDefault(oneOf(['task', 'class']), 'task', "what the memory's size counts for"),
    memorySelection: withDefault(
      oneOf(['random', 'all']),
      'random',
      'which examples are kept: as many as the size says at random, or all',
    ),
    rehearsal: withDefault(
      integer(0, 1_000_000),
      defaults.rehearsal,
      'examples of the memory that join every batch; lfd has none by default',
    ),
  };
}
