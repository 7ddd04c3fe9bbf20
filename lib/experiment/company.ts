import type { Cohort } from '../cohort.js';
import type { ExperimentConfig } from '../config/schema.js';
import type { RunData } from './run-data.js';

/** What a run shares with the runs beside it. */
export interface Company {
  /** Where its session trains its epochs together with theirs. */
  readonly cohort?: Cohort | undefined;
  loadData(config: ExperimentConfig): Promise<RunData>;
}
