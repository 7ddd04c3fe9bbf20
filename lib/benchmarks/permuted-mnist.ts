import type { Dataset, Split } from '../datasets/index.js';
import type { ExperimentConfig } from '../options/schema.js';
import type { Session } from '../session/session.js';
import { permutations } from './permutation.js';

/** A task, as the ids of its views in a session. */
export interface TaskViews {
  readonly train: number;
  readonly test: number;
}

/**
 * PermutedMNIST (Goodfellow et al., 2013): every task is the same data set behind a pixel permutation of its own,
 * the same one for training and test. The pixels are copied to the session's device once; a task is 784 indices.
 */
export async function createPermutedTasks(
  session: Session,
  dataset: Dataset,
  { tasks, permutationSeed }: Pick<ExperimentConfig, 'tasks' | 'permutationSeed'>,
): Promise<TaskViews[]> {
  const load = ({ images, labels }: Split): Promise<number> =>
    session.loadDataset({ images, labels, features: dataset.features });
  const train = await load(dataset.train);
  const test = await load(dataset.test);
  const views: TaskViews[] = [];
  for (const permutation of permutations(tasks, dataset.features, permutationSeed)) {
    views.push({
      train: await session.addView({ dataset: train, permutation }),
      test: await session.addView({ dataset: test, permutation }),
    });
  }
  return views;
}
