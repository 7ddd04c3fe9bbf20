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

/**
 * The article series' names of a trunk that all tasks share with a head for each: a network whose outputs each task has some
 * of for itself, which the scenario `task` gives it, is the same function.
 */
const ARTICLE_NAMES: Readonly<Record<string, NetworkDefinition>> = {
  TaskIncrementalMLP: mlp as unknown as NetworkDefinition,
  TaskIncrementalResNet18: resnet18 as unknown as NetworkDefinition,
};

/** The network that a configuration names, by its name here or the article series' one; undefined for another name. */
export function findNetwork(name: unknown): NetworkDefinition | undefined {
  if (typeof name === 'string' && Object.hasOwn(ARTICLE_NAMES, name)) return ARTICLE_NAMES[name];
  return networks.find((network) => network.name === name);
}
