import '../symbols.js';
import { type Cohort, createCohort } from '../cohort.js';
import type { ExperimentConfig } from '../config/schema.js';
import type { Company } from './company.js';
import { RunData } from './run-data.js';
import type { Sharing } from './sharing.js';
import { sideBySide } from './side-by-side.js';
import type { RunOptions } from './start.js';
import type { RunResult } from './types.js';

/** Runs of the same experiment, with different seeds: the data set is read once, and let go of when all have it. */
export class SeedsCompany implements Company {
  readonly cohort: Cohort | undefined;
  readonly #seats: number;
  #runs: number;
  #unread: number;
  #data: Promise<RunData> | undefined;

  private constructor(runs: number, seats: number, cohort: Cohort | undefined) {
    this.#runs = runs;
    this.#unread = runs;
    this.#seats = seats;
    this.cohort = cohort;
  }

  /**
   * @param runs - How many there are in all, and `atOnce`, how many of them at the same time.
   * @param together - Whether those train as one batch.
   */
  static async gather(runs: number, atOnce: number, together: boolean): Promise<SeedsCompany> {
    const seats = Math.min(runs, atOnce);
    const cohort = together && seats > 1 ? await createCohort({ seats, keepSeats: true }) : undefined;
    return new SeedsCompany(runs, seats, cohort);
  }

  loadData(config: ExperimentConfig): Promise<RunData> {
    this.#data ??= RunData.load(config);
    const data = this.#data;
    this.#unread -= 1;
    if (this.#unread === 0) this.#data = undefined;
    return data;
  }

  /** A run is over. When too few are left to fill the seats, one of these goes. */
  runEnded(): void {
    this.#runs -= 1;
    if (this.#runs < this.#seats) this.cohort?.leave();
  }

  [Symbol.dispose](): void {
    this.cohort?.dispose();
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
