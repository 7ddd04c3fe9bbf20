import { isFileName, loadBenchmarkFile, loadStrategyFile } from '../../config/from-file.js';
import { strategyNamed } from '../../strategies/index.js';
import type { ComparedStrategy } from '../../sweep/comparison.js';

/**
 * What `--strategy` or the argument names: a built-in strategy, or the file of a custom one. Another word is passed on, so
 * that the configuration's check refuses it with the names that there are.
 *
 * @throws {ClTorchError} CONFIG_INVALID when the file cannot be used.
 */
export async function readStrategy(word: string): Promise<ComparedStrategy> {
  const known = strategyNamed(word);
  if (known) return known.name as ComparedStrategy;
  return isFileName(word) ? await loadStrategyFile(word) : (word as ComparedStrategy);
}

/** The options with the benchmark of a file in the place of the file's name. Throws as {@link readStrategy}. */
export async function withBenchmark<Options extends object>(options: Options): Promise<Options> {
  const { benchmark } = options as { readonly benchmark?: unknown };
  if (typeof benchmark !== 'string' || !isFileName(benchmark)) return options;
  return { ...options, benchmark: await loadBenchmarkFile(benchmark) };
}
