import type { ExperimentConfig } from '../config/types.js';
import { RunData } from './run-data.js';

/** The data of runs: what several of them have is read once, and let go of when the last of them has got it. */
export class SharedData {
  /** How many runs have not got it yet. */
  readonly #missing = new Map<string, number>();
  readonly #loaded = new Map<string, Promise<RunData>>();

  readonly #signal: AbortSignal | undefined;

  /**
   * @param configs - Of the runs that will share them; another run gets its own.
   * @param signal - Ends the reading, for all of them.
   */
  constructor(configs: readonly ExperimentConfig[], signal: AbortSignal | undefined) {
    this.#signal = signal;
    for (const config of configs) {
      const key = RunData.keyOf(config);
      this.#missing.set(key, (this.#missing.get(key) ?? 0) + 1);
    }
  }

  /** @throws {ClTorchError} As {@link RunData.load}. */
  load(config: ExperimentConfig): Promise<RunData> {
    const key = RunData.keyOf(config);
    const data = this.#loaded.get(key) ?? RunData.load(config, this.#signal);
    const missing = (this.#missing.get(key) ?? 1) - 1;
    this.#missing.set(key, missing);
    if (missing > 0) this.#loaded.set(key, data);
    else this.#loaded.delete(key);
    return data;
  }
}
