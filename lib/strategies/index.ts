import type { StrategyDefinition } from '../training/definition.js';
import { baseline } from './baseline.js';
import { er } from './er.js';
import { erLfd } from './er-lfd.js';
import { joint } from './joint.js';
import { lfd } from './lfd/lfd.js';

/** The built-in strategies. The only place that lists them. */
export const strategies: readonly [typeof baseline, typeof lfd, typeof erLfd, typeof er, typeof joint] = [
  baseline,
  lfd,
  erLfd,
  er,
  joint,
];

type Entry = (typeof strategies)[number];

export type StrategyName = Entry['name'];

/** The options of each, beside those of every training. */
export type StrategyOptions = {
  readonly [Each in Entry as Each['name']]: Each extends StrategyDefinition<infer Options> ? Options : never;
};

/** Strategies that a learner can have: an upper bound needs the examples of all earlier tasks. */
export type LearnerStrategyName = Exclude<Entry, { readonly role?: 'upper bound' | undefined }>['name'];

export const strategyNames: readonly StrategyName[] = strategies.map(({ name }) => name);

/** The built-in strategy of this name, if there is one. */
export function strategyNamed(name: unknown): StrategyDefinition | undefined {
  return strategies.find((strategy) => strategy.name === name);
}
