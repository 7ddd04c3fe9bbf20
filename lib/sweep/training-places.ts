import '../base/symbols.js';
import { createTrainingGroup, type TrainingGroup } from '../session/training-group.js';
import type { Share } from './share.js';

/** The training group of runs that train as one batch: a place for each of those that do so at the same time. */
export class TrainingPlaces {
  /** Undefined for runs that do not train as one batch. */
  readonly trainingGroup: TrainingGroup | undefined;
  readonly #places: number;
  #runs: number;

  private constructor(runs: number, places: number, trainingGroup: TrainingGroup | undefined) {
    this.#runs = runs;
    this.#places = places;
    this.trainingGroup = trainingGroup;
  }

  /** @param runs - How many there are in all. */
  static async open(runs: number, { atOnce, together }: Share): Promise<TrainingPlaces> {
    const places = Math.min(runs, atOnce);
    const trainingGroup =
      together && places > 1 ? await createTrainingGroup({ places, keepPlaces: true }) : undefined;
    return new TrainingPlaces(runs, places, trainingGroup);
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
