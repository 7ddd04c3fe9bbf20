import { oneOf } from '../../options/kinds.js';
import { type Option, withDefault } from '../../options/option.js';
import type { Preset, Setting } from '../../training/definition.js';
import { permutedMnistOnline, splitMnistOnline } from '../rehearsal/published.js';

/** Benchmarks of van de Ven and Tolias (2018), for which they published strengths of several methods. */
export type PublishedBenchmark = (typeof benchmarks)[number];

const benchmarks = ['permuted-mnist', 'split-mnist-task', 'split-mnist-domain', 'split-mnist-class'] as const;

/** What a strategy has that has presets, `Own` of them beside those of the benchmarks. */
export interface WithPreset<Own extends string = never> {
  readonly preset: 'none' | Own | PublishedBenchmark;
}

/** The option; `description` says whose settings they are. */
export function presetOption<Own extends string = never>(
  description: string,
  own: readonly Own[] = [],
): Option<WithPreset<Own>['preset']> {
  const names: readonly WithPreset<Own>['preset'][] = ['none', ...own, ...benchmarks];
  return withDefault(oneOf(names), 'none' as never, description);
}

/** What Buzzega et al. (2020) learn in one pass, as their replay methods do; these bring the whole setting. */
export type OnlineBenchmark = 'split-mnist-online' | 'permuted-mnist-online';

export const onlineBenchmarks: readonly OnlineBenchmark[] = ['split-mnist-online', 'permuted-mnist-online'];

/** Its presets, by a method's options and learning rate on each. */
export function onlinePresets<Options>(
  splitMnist: readonly [options: Partial<Options>, learningRate: number],
  permutedMnist: readonly [options: Partial<Options>, learningRate: number],
): Readonly<Record<OnlineBenchmark, Preset<Options>>> {
  const preset = (
    [options, rate]: readonly [Partial<Options>, number],
    setting: (rate: number) => Setting,
  ) => ({
    options,
    setting: setting(rate),
  });
  return {
    'split-mnist-online': preset(splitMnist, splitMnistOnline),
    'permuted-mnist-online': preset(permutedMnist, permutedMnistOnline),
  };
}

/** A preset for each benchmark, by its published strength. */
export function publishedPresets<Options>(
  strengths: Readonly<Record<PublishedBenchmark, number>>,
  optionsOf: (strength: number, benchmark: PublishedBenchmark) => Partial<Options>,
): Readonly<Record<PublishedBenchmark, Preset<Options>>> {
  const presets = benchmarks.map((name) => [name, { options: optionsOf(strengths[name], name) }] as const);
  return Object.fromEntries(presets) as Record<PublishedBenchmark, Preset<Options>>;
}
