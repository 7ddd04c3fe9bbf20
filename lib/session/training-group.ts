import type { TrainingGroup as NativeTrainingGroup, TrainingGroupOptions } from '../../binding.js';
import { loadNative } from './native.js';
import { attempt, readAll } from './native-failure.js';

/** Kept outside the class, so that a session can ask for it and a person cannot. */
const natives = new WeakMap<object, NativeTrainingGroup>();

/**
 * What sessions on a GPU have in common that train epoch by epoch together. `trainEpoch` waits until as many of them as
 * there are places have called it. A session that is disposed, or garbage, gives up its place: the others wait for it no
 * longer.
 */
export class TrainingGroup {
  constructor(native: NativeTrainingGroup) {
    natives.set(this, native);
  }

  /**
   * One place fewer: for a session that trains no more but is not disposed yet, or one that will not come.
   * @throws {ClTorchError} INTERNAL for a defect of this package only.
   */
  leave(): void {
    attempt(() => natives.get(this)?.leave());
  }

  /** Lets go of the memory, once the sessions are disposed. Idempotent. A session opened later is refused (DISPOSED). */
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

/** The addon's own object of a training group. Anything else is handed on as it is, for the addon to refuse it by name. */
export function nativeTrainingGroup(
  trainingGroup: TrainingGroup | undefined,
): NativeTrainingGroup | undefined {
  const known =
    typeof trainingGroup === 'object' && trainingGroup !== null ? natives.get(trainingGroup) : undefined;
  return known ?? (trainingGroup as NativeTrainingGroup | undefined);
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
