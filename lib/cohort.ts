import type { Cohort, CohortOptions } from '../binding.js';
import { loadNative } from './native.js';
import { attempt, readAll } from './session.js';

/**
 * A cohort for `Session.open({ cohort, … })`: sessions on a GPU that train epoch by epoch together (binding.d.ts).
 * @throws {ClTorchError} INVALID_ARGUMENT when `seats` is not from 1 to 1024; what loading the addon throws.
 */
export async function createCohort(options: CohortOptions): Promise<Cohort> {
  const given = readAll('createCohort', options, ['seats']) as unknown as CohortOptions;
  const { Cohort: Native } = await loadNative();
  return attempt(() => new Native(given));
}
