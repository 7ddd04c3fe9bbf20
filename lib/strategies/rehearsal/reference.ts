import { integer } from '../../options/kinds.js';
import { type Option, withDefault } from '../../options/option.js';

/** What every method has that turns a step's gradient by the memory's. */
export interface ReferenceOptions {
  /** Examples of the memory that a step's gradient must not go against; 0 takes all. Default 256. */
  readonly referenceBatchSize: number;
}

/** The option `referenceBatchSize`, with the default of a method; of a step's gradient one method alone decides. */
export function referenceBatchSize(defaultValue: number): Option<number> {
  return withDefault(
    integer(0, 1_000_000),
    defaultValue,
    "examples of the memory that a step's gradient must not go against; 0 takes all",
    { group: 'Memory and rehearsal', isOwn: true },
  );
}

/** As many as any memory has. */
const ALL = 2 ** 31;

/** How many examples a draw has by that option. */
export function drawnBy(option: number): number {
  return option === 0 ? ALL : option;
}
