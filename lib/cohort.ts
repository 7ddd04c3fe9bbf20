import type { CohortOptions, Cohort as NativeCohort } from '../binding.js';
import { loadNative } from './native.js';
import { attempt, readAll } from './native-failure.js';

/** Kept outside the class, so that a session can ask for it and a person cannot. */
const natives = new WeakMap<object, NativeCohort>();

/**
 * What sessions on a GPU have in common that train epoch by epoch together. `trainEpoch` waits until as many of them as
 * there are seats have called it. A session that is disposed, or garbage, gives up its seat: the others wait for it no
 * longer.
 */
export class Cohort {
  constructor(native: NativeCohort) {
    natives.set(this, native);
  }

  /**
   * One seat fewer: for a session that trains no more but is not disposed yet, or one that will not come.
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

/** The addon's own object of a cohort. Anything else is handed on as it is, for the addon to refuse it by name. */
export function nativeCohort(cohort: Cohort | undefined): NativeCohort | undefined {
  const known = typeof cohort === 'object' && cohort !== null ? natives.get(cohort) : undefined;
  return known ?? (cohort as NativeCohort | undefined);
}

/**
 * A cohort for `Session.open({ cohort, … })`.
 * @throws {ClTorchError} INVALID_ARGUMENT when `seats` is not from 1 to 1024; THREADS_UNAVAILABLE; what loading the addon
 * throws.
 */
export async function createCohort(options: CohortOptions): Promise<Cohort> {
  const given = readAll('createCohort', options, ['seats', 'keepSeats']) as unknown as CohortOptions;
  const { Cohort: Native } = await loadNative();
  return new Cohort(attempt(() => new Native(given)));
}
