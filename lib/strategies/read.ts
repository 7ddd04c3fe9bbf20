import { ClTorchError } from '../base/errors.js';
import { isThenable } from '../base/listener.js';
import { shown } from '../base/values.js';
import { readParts, requireDefinition } from '../options/definition.js';
import type { CreationContext, StrategyConfig, StrategyDefinition } from '../training/definition.js';
import type { Strategy } from '../training/strategy.js';
import { strategyNamed, strategyNames } from './index.js';

const PARTS: readonly (keyof StrategyDefinition)[] = [
  'name',
  'title',
  'summary',
  'source',
  'scenarios',
  'needs',
  'alone',
  'joinsWith',
  'role',
  'options',
  'presets',
  'problems',
  'create',
];

/**
 * A strategy that a caller gave, read once: what becomes of the caller's object afterwards changes nothing.
 * @throws {ClTorchError} CONFIG_INVALID when it cannot be used.
 */
export function readStrategy<Options extends object>(
  own: StrategyDefinition<Options>,
): StrategyDefinition<Options> {
  if (own === (strategyNamed(own.name) as unknown)) return own;
  const { problems, create, options, ...read } = readParts(own, PARTS, invalid);
  requireDefinition({ ...read, options }, strategyNames, invalid);
  if (strategyNamed(read.name))
    throw invalid(`name must be another one: ${read.name} joins built-in strategies`);
  if (typeof create !== 'function') throw invalid('create must be a function that returns the hooks');
  if (problems !== undefined && typeof problems !== 'function') {
    throw invalid('problems must be a function that returns a list of sentences');
  }
  if (read.presets && !Object.hasOwn(options ?? {}, 'preset')) {
    throw invalid('its presets are chosen by an option preset, which its options must have');
  }
  return {
    ...read,
    ...(options ? { options: { ...options } } : {}),
    ...(problems ? { problems: (config, naming) => problems.call(own, config, naming) } : {}),
    create: (config, context) => create.call(own, config, context),
  };
}

/** The parts of a strategy and what each must be. */
const KNOWN: Readonly<Record<keyof Strategy, 'function' | 'number' | 'boolean' | 'string'>> = {
  beforeTask: 'function',
  objective: 'function',
  beforeEpoch: 'function',
  remember: 'function',
  storesOutputs: 'boolean',
  afterTask: 'function',
  beforeEvaluation: 'function',
  afterEvaluation: 'function',
  joinsMemory: 'boolean',
  rehearsal: 'number',
  reservoir: 'number',
  memoryOnly: 'number',
  joint: 'boolean',
  whenDiverging: 'string',
};

/**
 * The hooks of one run.
 * @throws {ClTorchError} CONFIG_INVALID for a misspelt one: it would never be called, and the method would silently be
 * another.
 */
export function createStrategy<Options extends object>(
  own: StrategyDefinition<Options>,
  config: StrategyConfig<Options>,
  context: CreationContext,
): Strategy {
  const strategy = own.create(config, context);
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
