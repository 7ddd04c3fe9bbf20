/** A set of values by the names of what they are given to; plain data. */
export type Setting = Readonly<Record<string, unknown>>;

/** Values that are only told apart: names, switches, lists, or numbers written one by one. */
export interface Choice {
  readonly kind: 'choice';
  /** At least one, none twice. */
  readonly values: readonly unknown[];
}

/** Numbers between two bounds, both of them included. */
export interface Interval {
  readonly kind: 'interval';
  /** How near two numbers are: by their difference, or by their ratio (bounds above 0). */
  readonly scale: 'linear' | 'log';
  readonly low: number;
  readonly high: number;
  /** The only numbers that are taken, ascending from `low`; every number between the bounds when left out. */
  readonly points?: readonly number[] | undefined;
}

/** What may be given to one name. */
export type Domain = Choice | Interval;

/** What may be given to each name, in the order in which they vary, the last one fastest. */
export type Space = Readonly<Record<string, Domain>>;

/** A setting that was tried. Greater values are better. */
export interface Observation {
  readonly setting: Setting;
  /** Null when the trial failed or diverged: worse than every number. */
  readonly value: number | null;
}
