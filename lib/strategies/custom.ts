import { ClTorchError, messageOf } from '../base/errors.js';
import { isThenable } from '../base/listener.js';
import { shown } from '../base/values.js';
import { type OptionsOf, type StrategyName, strategyNames } from '../options/schema.js';
import type { Strategy } from '../training/strategy.js';

/**
 * A method of one's own, to be given to `runExperiment` in place of a built-in one's name (docs/strategies.md). It has
 * the options of a built-in strategy, with their defaults and checks.
 */
export interface CustomStrategy<Name extends StrategyName = StrategyName> {
  /** What results and events call it: letters, digits and `. _ + -`, and no built-in strategy's name. */
  readonly name: string;
  /** The built-in strategy whose options it has. */
  readonly optionsOf: Name;
  /** The method's hooks, made anew for each run. `config` has every default filled in. */
  create(config: OptionsOf<Name>): Strategy;
}

/** Whether a configuration has a custom strategy in the place of a name. */
export function isCustom(
  input: Readonly<Record<string, unknown>>,
): input is { readonly strategy: CustomStrategy } {
  return typeof input.strategy === 'object' && input.strategy !== null;
}

/**
 * A strategy that a caller gave, read once: what becomes of the caller's object afterwards changes nothing.
 * @throws {ClTorchError} CONFIG_INVALID when it cannot be used.
 */
export function readDefinition<Name extends StrategyName>(own: CustomStrategy<Name>): CustomStrategy<Name> {
  const { name, optionsOf, create } = readParts(own);
  const names: readonly string[] = strategyNames;
  if (typeof name !== 'string' || !/^[\w.+-]{1,60}$/.test(name) || names.includes(name)) {
    throw invalid(`name must be 1 to 60 letters, digits or . _ + -, and none of ${names.join(', ')}`);
  }
  if (!names.includes(optionsOf)) {
    throw invalid(`optionsOf must name the built-in strategy whose options it has: ${names.join(', ')}`);
  }
  if (typeof create !== 'function') throw invalid('create must be a function that returns the hooks');
  return { name, optionsOf, create: (config) => create.call(own, config) };
}

function readParts<Name extends StrategyName>(own: CustomStrategy<Name>): CustomStrategy<Name> {
  try {
    const { name, optionsOf, create } = own;
    return { name, optionsOf, create };
  } catch (error) {
    throw invalid(`it cannot be read: ${messageOf(error)}`);
  }
}

/** The parts of a strategy and what each must be. */
const KNOWN: Readonly<Record<keyof Strategy, 'function' | 'number' | 'boolean'>> = {
  beforeTask: 'function',
  beforeEpoch: 'function',
  afterTask: 'function',
  rehearsal: 'number',
  joint: 'boolean',
};

/**
 * The hooks of one run.
 * @throws {ClTorchError} CONFIG_INVALID for a misspelt one: it would never be called, and the method would silently be
 * another.
 */
export function makeCustom<Name extends StrategyName>(
  own: CustomStrategy<Name>,
  config: OptionsOf<Name>,
): Strategy {
  const strategy = own.create(config);
  if (typeof strategy !== 'object' || strategy === null || isThenable(strategy)) {
    throw invalid(`create of ${own.name} must return an object with the hooks; found ${shown(strategy)}`);
  }
  const unknown = Object.keys(strategy).filter((key) => !Object.hasOwn(KNOWN, key));
  if (unknown.length > 0) {
    throw invalid(
      `${own.name} has ${unknown.join(', ')}, which is no part of one: ${Object.keys(KNOWN).join(', ')}`,
    );
  }
  for (const [part, type] of Object.entries(KNOWN)) {
    const value: unknown = strategy[part as keyof Strategy];
    if (value !== undefined && typeof value !== type) {
      throw invalid(`${part} of ${own.name} must be a ${type}; found ${shown(value)}`);
    }
  }
  return strategy;
}

function invalid(problem: string): ClTorchError {
  return new ClTorchError(
    'CONFIG_INVALID',
    `The strategy given as an object cannot be used: ${problem} (docs/strategies.md).`,
  );
}
