import type { NameOf } from '../options/check.js';

type Values = Readonly<Record<string, unknown>>;

/** The configuration without its epochs where iterations are counted in their place; giving both is a problem. */
export function withTrainingLength(
  config: Values,
  given: Values,
  name: NameOf,
): { readonly config: Record<string, unknown>; readonly problems: readonly string[] } {
  const { epochs: _, ...rest } = config;
  if (config.iterations === undefined) return { config: { ...config }, problems: [] };
  const isTwice = given.epochs !== undefined;
  const problem = `${name('iterations')}: they take the place of ${name('epochs')}; leave one of the two out`;
  return { config: rest, problems: isTwice ? [problem] : [] };
}
