import { oneOf } from '../../options/kinds.js';
import { type Option, withDefault } from '../../options/option.js';
import type { Strategy } from '../../training/strategy.js';
import { keepsMemory, type MemoryOptions, missesMemory } from './memory.js';

/** When what is kept is learnt again. */
export interface RehearseOptions {
  /** Whether examples of the memory join every batch, as many as rehearsal says, or each of them is among those of every epoch. Default batches. */
  readonly rehearse: 'batches' | 'epochs';
}

export const rehearse: Option<RehearseOptions['rehearse']> = withDefault(
  oneOf(['batches', 'epochs']),
  'batches',
  'whether examples of the memory join every batch, as many as rehearsal says, or each of them is among those of every epoch',
  { group: 'Memory and rehearsal' },
);

/** The parts of a strategy by which the option works. */
export function rehearsalOf(
  config: MemoryOptions & RehearseOptions,
): Pick<Strategy, 'rehearsal' | 'joinsMemory'> {
  const joinsMemory = config.rehearse === 'epochs';
  return { joinsMemory, rehearsal: joinsMemory ? 0 : config.rehearsal };
}

/** What contradicts rehearsal in epochs. */
export function rehearseProblems(
  config: MemoryOptions & RehearseOptions,
  name: (key: string) => string,
): readonly string[] {
  if (config.rehearse === 'batches') return [];
  const problems = keepsMemory(config) ? [] : [missesMemory('an epoch rehearses', name)];
  if (config.memorySelection === 'reservoir') {
    problems.push(
      `${name('memorySelection')}: a reservoir changes from step to step, and an epoch rehearses what is there when it begins; ` +
        `choose another one, or set ${name('rehearse')} to "batches"`,
    );
  }
  return problems;
}
