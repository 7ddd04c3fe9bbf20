import { isDeepStrictEqual } from 'node:util';
import type { ObjectivePart } from '../../binding.js';
import { networkNamed, networks } from '../networks/index.js';
import { checkOptions, type NameOf } from '../options/check.js';
import { needsOf, type Preset, type StrategyDefinition } from '../training/definition.js';
import type { MachineDemands } from '../training/environment.js';
import type { TrainingOptions } from '../training/options.js';

type Values = Readonly<Record<string, unknown>>;

/** The preset that a configuration names, if its strategy has it. */
export function presetOf(strategy: StrategyDefinition, config: Values): Preset<object> | undefined {
  const { presets } = strategy;
  const { preset } = config;
  return presets && typeof preset === 'string' && Object.hasOwn(presets, preset)
    ? presets[preset]
    : undefined;
}

/** Of these options a configuration has one. */
const INSTEAD: Readonly<Record<string, string>> = { epochs: 'iterations', iterations: 'epochs' };

/**
 * What was given, and what the setting of its preset has beside that. Where another benchmark is given, the setting does not
 * count, and where another network is given, not what it says of its own.
 */
export function withSetting(strategy: StrategyDefinition | undefined, given: Values): Values {
  const setting: Values | undefined = strategy && presetOf(strategy, given)?.setting;
  const isOther = (key: string): boolean => given[key] !== undefined && given[key] !== setting?.[key];
  if (!setting || isOther('benchmark')) return given;
  const ofNetwork = Object.keys(networks.find(({ name }) => name === setting.network)?.options ?? {});
  const brought = Object.entries(setting).filter(
    ([key]) => given[INSTEAD[key] ?? key] === undefined && !(ofNetwork.includes(key) && isOther('network')),
  );
  const own = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(brought), ...Object.fromEntries(own) };
}

/** What a configuration asks of the machine. */
export function machineOf(
  strategy: StrategyDefinition,
  config: Omit<
    MachineDemands,
    'preferred' | 'objective' | 'augmentation' | 'settings' | 'microBatches' | 'clipsGradient'
  > &
    Pick<TrainingOptions, 'augment' | 'freeze' | 'microBatchSize' | 'clipGradient'>,
): MachineDemands {
  const { device, threads, engine, precision, network, augment, freeze } = config;
  const learnt = {
    augmentation: augment !== 'none',
    microBatches: config.microBatchSize !== undefined,
    clipsGradient: config.clipGradient !== undefined,
  };
  const preferred = presetOf(strategy, config as unknown as Values)?.engine;
  const frozen: readonly ObjectivePart[] = freeze === undefined ? [] : ['mask'];
  const objective = [...needsOf(strategy, config as never), ...frozen];
  const settings = Object.keys(networkNamed(network).extras?.(config as never) ?? {});
  return { device, threads, engine, precision, network, settings, preferred, ...learnt, objective };
}

/**
 * The configuration with what its preset stands for, and what was given beside that. A resolved configuration, read back,
 * names what the preset stands for: that is no contradiction.
 */
export function withPreset(
  strategy: StrategyDefinition,
  values: Values,
  given: Values,
  name: NameOf,
): { readonly config: Record<string, unknown>; readonly problems: readonly string[] } {
  const preset = presetOf(strategy, values);
  if (!preset) return { config: { ...values }, problems: [] };
  const options = strategy.options ?? {};
  const defaults = checkOptions(options, {}, name).values;
  const fixed: Values = { ...defaults, ...preset.options, preset: values.preset };
  const problems = Object.keys(options)
    .filter((key) => given[key] !== undefined && !isDeepStrictEqual(given[key], fixed[key]))
    .map((key) => `${name(key)}: preset "${values.preset}" fixes it; leave it out, or leave out the preset`);
  return { config: { ...values, ...preset.options }, problems };
}
