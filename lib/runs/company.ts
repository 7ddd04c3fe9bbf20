import type { ExperimentConfig } from '../options/schema.js';
import type { TrainingGroup } from '../session/training-group.js';
import type { RunData } from './run-data.js';

/** What a run shares with the runs beside it. */
export interface Company {
  /** Where its session trains its epochs together with theirs. */
  readonly trainingGroup?: TrainingGroup | undefined;
  loadData(config: ExperimentConfig): Promise<RunData>;
}
