import type {
  DirectionOptions,
  DirectionOutcome,
  EquilibriumOptions,
  EquilibriumOutcome,
  Session as NativeSession,
} from '../../binding.js';
import type { CallOptions, NativeCalls, SearchCallOptions } from './native-calls.js';
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
  findDirection(
    options: WithDefaults<DirectionOptions, 'batchStatistics' | 'layers'>,
    call?: SearchCallOptions,
  ): Promise<DirectionOutcome> {
    return this.#calls.report((progress) => {
      return this.#native.findDirection({ batchStatistics: false, layers: null, ...options }, progress);
    }, call);
  }

  /** Keeps a copy of {@link buffers}, from which an equilibrium point's running statistics are interpolated. */
  keepBuffers(): Promise<void> {
    return this.#calls.run(() => this.#native.keepBuffers());
  }

  /** The running statistics become those of the memory's and the views' examples, as PyTorch's `update_bn` makes them. */
  estimateStatistics(
    options: { readonly views: readonly number[]; readonly batchSize: number },
    call?: CallOptions,
  ): Promise<void> {
    return this.#calls.run(() => this.#native.estimateStatistics(options), call);
  }

  /**
   * Moves the parameters to the best point on the line through w_t and themselves, by descent on the memory's loss;
   * w_t is the vector `anchor` unless another is named.
   */
  findEquilibriumPoint(
    options: WithDefaults<EquilibriumOptions, 'anchor' | 'statistics' | 'layers'>,
    call?: SearchCallOptions,
  ): Promise<EquilibriumOutcome> {
    return this.#calls.report((progress) => {
      const descent = { anchor: 'anchor', statistics: 'running', layers: null, ...options } as const;
      return this.#native.findEquilibriumPoint(descent, progress);
    }, call);
  }
}
