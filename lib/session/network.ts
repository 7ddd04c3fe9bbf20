import { isDeepStrictEqual } from 'node:util';
import type { MlpSpec, NetworkSpec } from '../../binding.js';

/** A multilayer perceptron for flat rows of inputs. */
export function mlp(features: number, hidden: readonly number[], classes: number): MlpSpec {
  return { kind: 'mlp', input: [features], classes, hidden: [...hidden] };
}

/** Units of an MLP's layers, from the inputs to the classes. */
export function widthsOf(network: MlpSpec): number[] {
  return [inputsOf(network), ...network.hidden, network.classes];
}

/** Whether it has linear layers with biases and ReLU between them, and nothing else; they may start from anything. */
export function isPlain({ init: _, ...network }: MlpSpec): boolean {
  return Object.keys(network).length === Object.keys(mlp(1, [], 1)).length;
}

/** Numbers in a row of a network's inputs. */
export function inputsOf({ input }: Pick<NetworkSpec, 'input'>): number {
  return input.reduce((product, extent) => product * extent, 1);
}

/** Whether two specifications are of the same network. */
export function isSameNetwork(one: NetworkSpec, other: NetworkSpec): boolean {
  return isDeepStrictEqual({ ...one }, { ...other });
}

/** A network in words, for messages: `mlp (input 784, classes 10, hidden 400,400)`. */
export function networkText({ kind, ...numbers }: NetworkSpec): string {
  const parts = Object.entries(numbers).map(([name, value]) => `${name} ${String(value) || 'none'}`);
  return `${kind} (${parts.join(', ')})`;
}
