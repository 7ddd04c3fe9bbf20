import type {
  DirectionOptions,
  DirectionOutcome,
  EquilibriumOptions,
  EquilibriumOutcome,
  Session as NativeSession,
} from '../../binding.js';
import type { NativeCalls, SearchCallOptions } from './native-calls.js';
import { ObjectiveCalls, type WithDefaults } from './objective-calls.js';

/** A session's calls that look at the network at parameters where no training has been. */
export abstract class SearchCalls extends ObjectiveCalls {
  readonly #native: NativeSession;
  readonly #calls: NativeCalls;

  protected constructor(native: NativeSession, calls: NativeCalls) {
    super(native, calls);
    this.#native = native;
    this.#calls = calls;
  }

  /** Finds the less-forgetting direction around the parameters now, by Riemannian SGD on the memory; the vector `direction`. */
  findDirection(options: DirectionOptions, call?: SearchCallOptions): Promise<DirectionOutcome> {
    return this.#calls.report((progress) => this.#native.findDirection(options, progress), call);
  }

  /**
   * Moves the parameters to the best point on the line through w_t and themselves, by descent on the memory's loss;
   * w_t is the vector `anchor` unless another is named.
   */
  findEquilibriumPoint(
    options: WithDefaults<EquilibriumOptions, 'anchor'>,
    call?: SearchCallOptions,
  ): Promise<EquilibriumOutcome> {
    return this.#calls.report((progress) => {
      const descent = { anchor: 'anchor', ...options };
      return this.#native.findEquilibriumPoint(descent, progress);
    }, call);
  }
}
