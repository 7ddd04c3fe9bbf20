import '../base/symbols.js';
import type { ExperimentConfig } from '../options/schema.js';
import type { Company } from '../runs/company.js';
import { RunData } from '../runs/run-data.js';
import type { RunOptions } from '../runs/start.js';
import type { RunResult } from '../runs/types.js';
import { createTrainingGroup, type TrainingGroup } from '../session/training-group.js';
import type { Sharing } from './sharing.js';
import { sideBySide } from './side-by-side.js';

/** Runs of the same experiment, with different seeds: the data set is read once, and let go of when all have it. */
export class SeedsCompany implements Company {
  readonly trainingGroup: TrainingGroup | undefined;
  readonly #places: number;
  #runs: number;
  #unread: number;
  #data: Promise<RunData> | undefined;

  private constructor(runs: number, places: number, trainingGroup: TrainingGroup | undefined) {
    this.#runs = runs;
    this.#unread = runs;
    this.#places = places;
    this.trainingGroup = trainingGroup;
  }

  /**
   * @param runs - How many there are in all, and `atOnce`, how many of them at the same time.
   * @param together - Whether those train as one batch.
   */
  static async gather(runs: number, atOnce: number, together: boolean): Promise<SeedsCompany> {
    const places = Math.min(runs, atOnce);
    const trainingGroup =
      together && places > 1 ? await createTrainingGroup({ places, keepPlaces: true }) : undefined;
    return new SeedsCompany(runs, places, trainingGroup);
  }

  loadData(config: ExperimentConfig): Promise<RunData> {
    this.#data ??= RunData.load(config);
    const data = this.#data;
    this.#unread -= 1;
    if (this.#unread === 0) this.#data = undefined;
    return data;
  }

  /** A run is over. When too few are left to fill the places, one of these goes. */
  runEnded(): void {
    this.#runs -= 1;
    if (this.#runs < this.#places) this.trainingGroup?.leave();
  }

  [Symbol.dispose](): void {
    this.trainingGroup?.dispose();
  }
}

/** Starts a run beside others; it must end when the signal says so. */
export type StartInCompany = (options: RunOptions, company: Company) => Promise<RunResult>;

/** Runs of one configuration, but for the seed, side by side: {@link sideBySide} has what `options` and `onResult` are. */
export async function inCompany(
  starts: readonly StartInCompany[],
  { atOnce, together }: Sharing,
  options: RunOptions,
  onResult?: (results: RunResult[]) => Promise<void>,
): Promise<RunResult[]> {
  using company = await SeedsCompany.gather(starts.length, atOnce, together);
  const each = starts.map(
    (start) => (run: RunOptions) => start(run, company).finally(() => company.runEnded()),
  );
  return await sideBySide(each, atOnce, options, onResult);
}
