import { nearest } from '../base/nearest.js';
import { describe, type OptionTable } from '../options/option.js';
import { adviceFor, optionForAlias } from './advice.js';
import { describeAll } from './describe.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * What is wrong with a key that is no option of a configuration.
 * @param table - The options that it has.
 */
export function explainUnknownKey<Common>(
  key: string,
  table: OptionTable,
  vocabulary: Vocabulary<Common>,
): string {
  for (const choice of vocabulary.choices) {
    const owners = choice.entries.filter(({ options }) => Object.hasOwn(options ?? {}, key));
    const names = owners.map(({ name }) => name).join(', ');
    if (owners.length > 0) return `"${key}": an option of ${names}, not of this ${choice.key}`;
  }
  const options = describe(table);
  const keys = [...new Set(['strategy', ...options.map((option) => option.key)])];
  const advice = vocabulary.flags ? adviceFor(key, describeAll(vocabulary)) : undefined;
  const alias = optionForAlias(key, options)?.key;
  const meant = alias ?? (advice === undefined ? nearest(key, keys) : undefined);
  if (meant !== undefined) return `"${key}": unknown key; did you mean "${meant}"?`;
  return `"${key}": unknown key; the keys are ${keys.join(', ')}${advice === undefined ? '' : `; ${advice}`}`;
}
