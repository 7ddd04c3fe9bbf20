import { DATASET_NAMES, type DatasetName } from './catalog.js';
import { downloadCommand, findDataset } from './locate.js';

export interface DatasetStatus {
  readonly dataset: DatasetName;
  readonly found: boolean;
  /** Where it is, for people; null when it is nowhere. */
  readonly where: string | null;
  /** What to run to get it; empty when it is there. */
  readonly remedy: string;
}

/** Which data sets are at hand. Looks at file names only: `verifyDataset` checks what is in them. */
export async function dataStatus(): Promise<DatasetStatus[]> {
  return Promise.all(
    DATASET_NAMES.map(async (dataset) => {
      const location = await findDataset(dataset);
      const remedy = location === null ? downloadCommand(dataset) : '';
      return { dataset, found: location !== null, where: location?.source ?? null, remedy };
    }),
  );
}
