import type { DatasetOptions } from '../../binding.js';
import { loadNative } from './native.js';
import { attempt, readAll } from './native-failure.js';
import { NativeHandle } from './native-handle.js';

/**
 * Examples in memory of their own, which any number of sessions have at once. A session on the CPU uses them where they lie,
 * one on a GPU has its copy there.
 */
export class SharedDataset extends NativeHandle {}

/**
 * Examples for `loadDataset({ shared })` of several sessions, which then have them in memory once.
 * @throws {ClTorchError} INVALID_ARGUMENT as `loadDataset`; what loading the addon throws.
 */
export async function shareDataset(options: DatasetOptions): Promise<SharedDataset> {
  const given = readAll('shareDataset', options, [
    'images',
    'labels',
    'features',
  ]) as unknown as DatasetOptions;
  const { SharedDataset: Native } = await loadNative();
  return new SharedDataset(attempt(() => new Native(given)));
}
