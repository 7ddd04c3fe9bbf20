import type { DatasetOptions } from '../../binding.js';
import type { Split } from '../datasets/index.js';
import { type SharedDataset, shareDataset } from '../session/shared-dataset.js';

/** Examples as sessions have them, made once for all runs of the same data and in memory once. */
export class SharedExamples {
  readonly #kept = new Map<Split, Map<string, Promise<SharedDataset>>>();

  /**
   * @param form - Tells apart what else is made of the split's examples.
   * @param make - Makes them, the first time.
   */
  get(split: Split, form: string, make: () => DatasetOptions): Promise<SharedDataset> {
    const forms = this.#kept.get(split) ?? new Map<string, Promise<SharedDataset>>();
    this.#kept.set(split, forms);
    const known = forms.get(form) ?? shareDataset(make());
    forms.set(form, known);
    return known;
  }
}
