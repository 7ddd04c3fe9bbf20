import type { StrategyDefinition } from '../training/definition.js';
import { agem } from './agem.js';
import { baseline } from './baseline.js';
import { collision, compose } from './compose.js';
import { cumulative } from './cumulative.js';
import { der } from './der.js';
import { derpp } from './derpp.js';
import { er } from './er.js';
import { erAce } from './er-ace.js';
import { ewc } from './ewc.js';
import { fromScratch } from './from-scratch.js';
import { gdumb } from './gdumb.js';
import { gem } from './gem.js';
import { hat } from './hat.js';
import { icarl } from './icarl.js';
import { joint } from './joint.js';
import { l2 } from './l2.js';
import { lfd } from './lfd/lfd.js';
import { lwf } from './lwf.js';
import { mas } from './mas.js';
import { mir } from './mir.js';
import { packnet } from './packnet.js';
import { rwalk } from './rwalk.js';
import { sepnets } from './sepnets.js';
import { si } from './si.js';
import { xdg } from './xdg.js';

/** The built-in strategies. The only place that lists them. Those that are joined with `+` work in this order. */
export const strategies: readonly [
  typeof baseline,
  typeof er,
  typeof erAce,
  typeof mir,
  typeof der,
  typeof derpp,
  typeof agem,
  typeof gem,
  typeof gdumb,
  typeof icarl,
  typeof lfd,
  typeof ewc,
  typeof si,
  typeof mas,
  typeof rwalk,
  typeof l2,
  typeof lwf,
  typeof packnet,
  typeof xdg,
  typeof hat,
  typeof sepnets,
  typeof fromScratch,
  typeof joint,
  typeof cumulative,
] = [
  baseline,
  er,
  erAce,
  mir,
  der,
  derpp,
  agem,
  gem,
  gdumb,
  icarl,
  lfd,
  ewc,
  si,
  mas,
  rwalk,
  l2,
  lwf,
  packnet,
  xdg,
  hat,
  sepnets,
  fromScratch,
  joint,
  cumulative,
];

type Entry = (typeof strategies)[number];

export type StrategyName = Entry['name'];

/** The options of each, beside those of every training. */
export type StrategyOptions = {
  readonly [Each in Entry as Each['name']]: Each extends StrategyDefinition<infer Options> ? Options : never;
};

/** Strategies that a learner can have: an upper bound needs the examples of all earlier tasks. */
export type LearnerStrategyName = Exclude<Entry, { readonly role?: 'upper bound' | undefined }>['name'];

/** Strategies joined with `+`, such as `er+lfd`. */
export type ComposedName = `${StrategyName}+${string}`;

export const strategyNames: readonly StrategyName[] = strategies.map(({ name }) => name);

const known = new Map<unknown, StrategyDefinition>(strategies.map((each) => [each.name, each]));

/** The built-in strategy of this name, or those that it joins, if there are such. */
export function strategyNamed(name: unknown): StrategyDefinition | undefined {
  if (known.has(name)) return known.get(name);
  const parts = partsOf(name);
  if (!parts || collision(parts) !== undefined) return undefined;
  const composed = compose(parts);
  const one = known.get(composed.name) ?? composed;
  known.set(composed.name, one);
  return one;
}

/** Why the strategies that a name joins cannot be joined, as a clause; undefined for any other name. */
export function collisionOf(name: unknown): string | undefined {
  if (typeof name !== 'string' || !name.includes('+')) return undefined;
  const missing = name.split('+').find((part) => !known.has(part));
  if (missing !== undefined) return `there is no strategy ${missing === '' ? 'without a name' : missing}`;
  const parts = partsOf(name);
  return parts && collision(parts);
}

/** The strategies that a name joins, in the order in which they work. */
function partsOf(name: unknown): readonly StrategyDefinition[] | undefined {
  if (typeof name !== 'string' || !name.includes('+')) return undefined;
  const parts = name.split('+').map((each) => strategies.findIndex((strategy) => strategy.name === each));
  if (parts.includes(-1)) return undefined;
  return parts.sort((a, b) => a - b).map((index) => strategies[index] as StrategyDefinition);
}
