import { chosenNames } from '../base/name-patterns.js';
import { invalid } from '../options/check.js';
import type { Session } from '../session/session.js';

/** Names that a message lists. */
const MOST_LISTED = 12;

/**
 * Names of the parameters that a pattern chooses.
 * @param option - That has the pattern, for messages: `freeze (--freeze)`.
 * @throws {ClTorchError} CONFIG_INVALID where a part of it fits no parameter, or all together choose none.
 */
export async function chosenLayers(
  session: Session,
  pattern: string,
  option: string,
): Promise<readonly string[]> {
  const names = (await session.parameters()).map(({ name }) => name);
  const { chosen, unknown } = chosenNames(pattern, names);
  const [first] = unknown;
  if (first !== undefined) {
    const known = names.slice(0, MOST_LISTED).join(', ');
    const more = names.length > MOST_LISTED ? ', …' : '';
    throw invalid([`${option}: no parameter of the network is called '${first}'; it has ${known}${more}`]);
  }
  if (chosen.length > 0) return chosen;
  throw invalid([`${option}: '${pattern}' chooses no parameter`]);
}

/** The parameters that do not learn; none where the option is left out. Throws as {@link chosenLayers}, and where all would be frozen. */
export async function frozenLayers(
  session: Session,
  { freeze }: { readonly freeze?: string | undefined },
): Promise<readonly string[]> {
  if (freeze === undefined) return [];
  const frozen = await chosenLayers(session, freeze, 'freeze (--freeze)');
  const { length } = await session.parameters();
  if (frozen.length < length) return frozen;
  throw invalid([
    'freeze (--freeze): it freezes every parameter, and none is left to train; !head leaves the output layer',
  ]);
}
