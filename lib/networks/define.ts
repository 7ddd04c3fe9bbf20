import type { NetworkSpec } from '../../binding.js';
import type { OptionSchemas } from '../options/option.js';

/** A kind of network, with options of its own. */
export interface NetworkDefinition<Options extends object = object, Name extends string = string> {
  /** What `network` (`--network`) calls it. */
  readonly name: Name;
  /** A few words, for help and documents. */
  readonly title: string;
  readonly options: OptionSchemas<Options>;
  /**
   * The network for examples of this shape and so many classes. Pure.
   * @throws {ClTorchError} CONFIG_INVALID for examples that it cannot take.
   */
  spec(options: Options, input: readonly number[], classes: number): NetworkSpec;
  /** Settings of its specification that the plainest one does not have, as the engines are asked by them; none when left out. */
  extras?(options: Options): object;
  /** Weights of the network's layers with these options, its biases left out. */
  weights(options: Options, input: readonly number[], classes: number): number;
}
