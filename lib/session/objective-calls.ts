import type { Session as NativeSession, PathOptions } from '../../binding.js';
import type { NativeCalls } from './native-calls.js';
import { type PenaltyInput, penaltyOf } from './penalty.js';

/** Of the options, those that have a default may be left out. */
export type WithDefaults<Options, Key extends keyof Options> = Omit<Options, Key> &
  Partial<Pick<Options, Key>>;

/** A path; its gradient is the task's unless named. */
export type PathInput = WithDefaults<PathOptions, 'gradient'>;

/**
 * A session's calls that say what its epochs minimise and what their steps may change. All of it is part of the session's
 * state: it is in snapshots, and ends with `createModel`.
 */
export abstract class ObjectiveCalls {
  readonly #native: NativeSession;
  readonly #calls: NativeCalls;

  protected constructor(native: NativeSession, calls: NativeCalls) {
    this.#native = native;
    this.#calls = calls;
  }

  /**
   * From now on a training loss has these penalties more; none end them. Each is on leaving its `anchor` (the vector of
   * that name), weighted by its `importance`, if it has one, and but for what lies along its `direction`, of length
   * `radius` (1), if it has one.
   */
  setPenalties(penalties: readonly PenaltyInput[]): Promise<void> {
    return this.#calls.run(() => this.#native.setPenalties({ penalties: penalties.map(penaltyOf) }));
  }

  /**
   * From now on each step adds -gradient · change of the parameters to the vector `vector`, element by element, which is
   * made of zeros where it is not there: each parameter's share of what the loss has fallen. The gradient is that of the
   * loss alone, or of all that is minimised (`total`). Null ends it.
   */
  setPath(path: PathInput | null): Promise<void> {
    return this.#calls.run(() => this.#native.setPath({ path: path && { gradient: 'task', ...path } }));
  }

  /** From now on the parameters at which this vector is 0 stay as they are, bit for bit; elsewhere it is 1. Null ends it. */
  setMask(mask: string | null): Promise<void> {
    return this.#calls.run(() => this.#native.setMask({ mask }));
  }

  /** ||delta||. */
  deviation(): Promise<number> {
    return this.#calls.run(() => this.#native.deviation());
  }
}
