import { strategyNames } from '../options/schema.js';
import { loadStrategyFile } from '../strategies/from-file.js';
import type { ComparedStrategy } from '../sweep/comparison.js';

/**
 * What `--strategy` or the argument names: a built-in strategy, or the file of a custom one. Another word is passed on, so
 * that the configuration's check refuses it with the names that there are.
 *
 * @throws {ClTorchError} CONFIG_INVALID when the file cannot be used.
 */
export async function readStrategy(word: string): Promise<ComparedStrategy> {
  const known = strategyNames.find((name) => name === word);
  if (known !== undefined) return known;
  return isFileName(word) ? await loadStrategyFile(word) : (word as ComparedStrategy);
}

function isFileName(word: string): boolean {
  return /[/\\]|\.[cm]?[jt]sx?$/.test(word);
}
