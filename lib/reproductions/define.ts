import type { Scenario } from '../training/definition.js';

/**
 * Where a published value was read: in the primary source; in a later paper's copy of it; or nowhere, it is recalled. A
 * recalled value is shown and decides nothing.
 */
export type Reading = 'primary' | 'copied' | 'recalled';

/** A value that somebody published. */
export interface PublishedValue {
  /** Percent: the mean over the seeds of the average accuracy after the last task. */
  readonly mean: number;
  /** Standard error of the mean, in points, where it was published. */
  readonly error?: number;
  readonly reading: Reading;
}

/** One method of a published table, in one scenario. */
export interface ReproducedRow {
  /** Names the row, together with its scenario: letters, digits and `-`. */
  readonly name: string;
  /** As the table calls it. */
  readonly method: string;
  readonly scenario: Scenario;
  /** The strategy with its options, and what else differs from the table's protocol. */
  readonly settings: { readonly strategy: string } & Readonly<Record<string, unknown>>;
  /** Undefined where nobody published one. */
  readonly published?: PublishedValue;
  /** Percent, from least to most: a mean of ours in between reproduces the value. Undefined: nothing is decided. */
  readonly accepted?: readonly [least: number, most: number];
  /** A variant that had to be chosen, or why no value is expected to be met; a sentence. */
  readonly note?: string;
}

/** A published table, and how to make it. */
export interface Reproduction {
  /** What the command line calls it: letters, digits and `-`. */
  readonly name: string;
  readonly title: string;
  /** The work that it was published in. */
  readonly source: string;
  /** What all rows have in common, in a sentence or two. */
  readonly protocol: string;
  /** The same as settings of a run. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Options that take a run's seed: what the table's program draws from it beside the weights and batches. */
  readonly seeded?: readonly string[];
  readonly rows: readonly ReproducedRow[];
}

/** What tells a row from the others of its table. */
export function keyOf({ name, scenario }: Pick<ReproducedRow, 'name' | 'scenario'>): string {
  return `${name}-${scenario}`;
}

/** A value that was read, with the points that a mean of ours may be away from it. */
export function within(
  points: number,
  mean: number,
  error?: number,
  reading: 'primary' | 'copied' = 'primary',
): Required<Pick<ReproducedRow, 'published' | 'accepted'>> {
  return {
    published: { mean, reading, ...(error !== undefined && { error }) },
    accepted: [mean - points, mean + points],
  };
}

/** A value that is recalled and decides nothing. */
export function recalled(mean: number): Required<Pick<ReproducedRow, 'published'>> {
  return { published: { mean, reading: 'recalled' } };
}
