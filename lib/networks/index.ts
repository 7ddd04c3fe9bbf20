import { cnn } from './cnn.js';
import type { NetworkDefinition } from './define.js';
import { mlp } from './mlp.js';
import { resnet18 } from './resnet18.js';

/** The kinds of networks; the first one is the default. The only place that lists them. */
export const networks: readonly [typeof mlp, typeof cnn, typeof resnet18] = [mlp, cnn, resnet18];

type Entry = (typeof networks)[number];

export type NetworkName = Entry['name'];

/** The options of each. */
export type NetworkOptions = {
  readonly [Each in Entry as Each['name']]: Each extends NetworkDefinition<infer Options> ? Options : never;
};

/** The network of this name; a configuration that was checked names one. */
export function networkNamed(name: NetworkName): NetworkDefinition {
  return networks.find((network) => network.name === name) ?? networks[0];
}
