import { oneOf } from '../../options/kinds.js';
import { type Option, withDefault } from '../../options/option.js';
import type { Preset } from '../../training/definition.js';

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

/** A preset for each benchmark, by its published strength. */
export function publishedPresets<Options>(
  strengths: Readonly<Record<PublishedBenchmark, number>>,
  optionsOf: (strength: number, benchmark: PublishedBenchmark) => Partial<Options>,
): Readonly<Record<PublishedBenchmark, Preset<Options>>> {
  const presets = benchmarks.map((name) => [name, { options: optionsOf(strengths[name], name) }] as const);
  return Object.fromEntries(presets) as Record<PublishedBenchmark, Preset<Options>>;
}
