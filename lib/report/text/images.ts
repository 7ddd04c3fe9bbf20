import type { RunResult } from '../../runs/types.js';

/** The images that accuracies are of. */
export type MeasuredImages = 'test images' | 'validation images';

/** A run that sets validation images apart never sees the test images. */
export function imagesOf({ validation }: { readonly validation?: number | undefined }): MeasuredImages {
  return (validation ?? 0) > 0 ? 'validation images' : 'test images';
}

/** Of several runs; undefined where they were not measured on the same kind. */
export function imagesOfAll(runs: readonly Pick<RunResult, 'config'>[]): MeasuredImages | undefined {
  const [first, ...others] = new Set(runs.map(({ config }) => imagesOf(config)));
  return others.length === 0 ? (first ?? 'test images') : undefined;
}
