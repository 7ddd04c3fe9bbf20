import type { TrainingGroup as NativeTrainingGroup, TrainingGroupOptions } from '../../binding.js';
import { loadNative } from './native.js';
import { attempt, readAll } from './native-failure.js';
import { NativeHandle, nativeOf } from './native-handle.js';

/**
 * What sessions on a GPU have in common that train epoch by epoch together. `trainEpoch` waits until as many of them as
 * there are places have called it. A session that is disposed, or garbage, gives up its place: the others wait for it no
 * longer.
 */
export class TrainingGroup extends NativeHandle {
  /**
   * One place fewer: for a session that trains no more but is not disposed yet, or one that will not come.
   * @throws {ClTorchError} INTERNAL for a defect of this package only.
   */
  leave(): void {
    attempt(() => nativeOf<NativeTrainingGroup>(this).leave());
  }
}

/**
 * A training group for `Session.open({ trainingGroup, … })`.
 * @throws {ClTorchError} INVALID_ARGUMENT when `places` is not from 1 to 1024; THREADS_UNAVAILABLE; what loading the addon
 * throws.
 */
export async function createTrainingGroup(options: TrainingGroupOptions): Promise<TrainingGroup> {
  const given = readAll('createTrainingGroup', options, [
    'places',
    'keepPlaces',
  ]) as unknown as TrainingGroupOptions;
  const { TrainingGroup: Native } = await loadNative();
  return new TrainingGroup(attempt(() => new Native(given)));
}
