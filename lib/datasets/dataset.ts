import type { DatasetName } from './catalog.js';
import type { Normalisation } from './define.js';
import type { Shape, Split } from './formats/format.js';

export interface Dataset extends Shape {
  readonly name: DatasetName;
  /** Where it was read from, for people. */
  readonly source: string;
  /** `channels × height × width`. */
  readonly features: number;
  /** Number of classes; of the user's own files those that are named, or one more than the highest training label. */
  readonly classes: number;
  /** What each class is called, by its label; null where the files do not say. */
  readonly classNames: readonly string[] | null;
  /** What the field normalises a published data set by; null where nothing is known, and of the user's own. */
  readonly normalisation: Normalisation | null;
  readonly train: Split;
  readonly test: Split;
}
