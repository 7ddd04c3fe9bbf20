import { isDeepStrictEqual } from 'node:util';
import { lfdOptions, referencePreset } from './lfd.js';
import { memoryOptions } from './memory.js';
import { type MemoryConfig, schemaFor, type TrainingConfig } from './schema.js';
import { trainingOptions } from './training.js';

/** The configuration with what its preset stands for. */
export function applyPreset<Config extends TrainingConfig>(config: Config): Config {
  const resolved = { ...config, ...referencePreset, memorySize: 0, rehearsal: 0 };
  return isReference(config) ? (resolved as Config) : config;
}

/** What is wrong with values that are each right by themselves. `input` is what the caller gave. */
export function impossibleCombinations(config: TrainingConfig, input: object): string[] {
  if (isReference(config)) return besideReference(config, input);
  return 'memorySize' in config ? withoutMemory(config) : [];
}

function isReference(config: TrainingConfig): boolean {
  return 'preset' in config && config.preset === 'reference';
}

/** A resolved configuration, read back, names what the preset stands for: that is no contradiction. */
function besideReference({ strategy }: TrainingConfig, input: object): string[] {
  const preset = applyPreset(schemaFor(strategy, trainingOptions).parse({ strategy, preset: 'reference' }));
  const fixed = new Map<string, unknown>(Object.entries(preset));
  const keys = Object.keys({ ...lfdOptions, ...memoryOptions({ rehearsal: 0 }) });
  return Object.entries(input)
    .filter(([key, value]) => keys.includes(key) && value !== undefined)
    .filter(([key, value]) => !isDeepStrictEqual(value, fixed.get(key)))
    .map(([key]) => `${key}: preset "reference" fixes it; leave it out, or leave out the preset`);
}

function withoutMemory(config: MemoryConfig): string[] {
  const problems: string[] = [];
  if (config.memorySelection === 'all' || config.memorySize > 0) return problems;
  const needs = (what: string): string => `memorySize: is 0, and ${what} a memory; give it examples`;
  if (config.rehearsal > 0) problems.push(`${needs('rehearsal needs')}, or set rehearsal to 0`);
  if ('equilibriumPoint' in config) {
    if (config.equilibriumPoint === 'on') {
      problems.push(`${needs('the equilibrium point needs')}, or set equilibriumPoint to "off"`);
    }
    if (config.direction === 'rsgd') {
      problems.push(`${needs('Riemannian SGD needs')}, or set direction to "random"`);
    }
  }
  return problems;
}
