import type { DatasetOptions, SharedDataset as NativeSharedDataset } from '../../binding.js';
import { loadNative } from './native.js';
import { attempt, readAll } from './native-failure.js';

/** Kept outside the class, so that a session can ask for it and a person cannot. */
const natives = new WeakMap<object, NativeSharedDataset>();

/**
 * Examples in memory of their own, which any number of sessions have at once. A session on the CPU uses them where they lie,
 * one on a GPU has its copy there.
 */
export class SharedDataset {
  constructor(native: NativeSharedDataset) {
    natives.set(this, native);
  }

  /** Lets go of the examples; sessions that have them keep them. Idempotent. Given to a session later, it is refused (DISPOSED). */
  dispose(): void {
    attempt(() => natives.get(this)?.dispose());
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
  }
}

/** The addon's own object of shared examples. Anything else is handed on as it is, for the addon to refuse it by name. */
export function nativeSharedDataset(shared: SharedDataset): NativeSharedDataset {
  const known = typeof shared === 'object' && shared !== null ? natives.get(shared) : undefined;
  return known ?? (shared as unknown as NativeSharedDataset);
}

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
