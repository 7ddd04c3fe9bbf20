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

/** An option as its users know it. */
type NameOf = (key: string) => string;

/** What is wrong with values that are each right by themselves. `input` is what the caller gave, read once. */
export function impossibleCombinations(config: TrainingConfig, input: object, name: NameOf): string[] {
  if (isReference(config)) return besideReference(config, input, name);
  return [...('memorySize' in config ? withoutMemory(config, name) : []), ...outsideClamp(config, name)];
}

function isReference(config: TrainingConfig): boolean {
  return 'preset' in config && config.preset === 'reference';
}

/** A resolved configuration, read back, names what the preset stands for: that is no contradiction. */
function besideReference({ strategy }: TrainingConfig, input: object, name: NameOf): string[] {
  if (strategy !== 'lfd') {
    return [
      `${name('preset')}: "reference" is the reference implementation, which is strategy lfd; found ${strategy}`,
    ];
  }
  const preset = applyPreset(schemaFor(strategy, trainingOptions).parse({ strategy, preset: 'reference' }));
  const fixed = new Map<string, unknown>(Object.entries(preset));
  const keys = Object.keys({ ...lfdOptions, ...memoryOptions({ rehearsal: 0 }) });
  return Object.entries(input)
    .filter(([key, value]) => keys.includes(key) && value !== undefined)
    .filter(([key, value]) => !isDeepStrictEqual(value, fixed.get(key)))
    .map(([key]) => `${name(key)}: preset "reference" fixes it; leave it out, or leave out the preset`);
}

function withoutMemory(config: MemoryConfig, name: NameOf): string[] {
  const problems: string[] = [];
  if (config.memorySelection === 'all' || config.memorySize > 0) return problems;
  const needs = (what: string): string =>
    `${name('memorySize')}: is 0, and ${what} a memory; give it examples`;
  if (config.rehearsal > 0) problems.push(`${needs('rehearsal needs')}, or set ${name('rehearsal')} to 0`);
  if ('equilibriumPoint' in config) {
    if (config.equilibriumPoint === 'on') {
      problems.push(`${needs('the equilibrium point needs')}, or set ${name('equilibriumPoint')} to "off"`);
    }
    if (config.direction === 'rsgd') {
      problems.push(`${needs('Riemannian SGD needs')}, or set ${name('direction')} to "random"`);
    }
  }
  return problems;
}

function outsideClamp(config: TrainingConfig, name: NameOf): string[] {
  if (!('lambdaClamp' in config) || config.lambdaClamp === undefined) return [];
  const [least, greatest] = config.lambdaClamp;
  if (config.lambdaStart >= least && config.lambdaStart <= greatest) return [];
  return [
    `${name('lambdaStart')}: ${config.lambdaStart} lies outside ${name('lambdaClamp')}, ${least} to ${greatest}`,
  ];
}
