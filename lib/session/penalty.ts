import type { PenaltyOptions } from '../../binding.js';

/** A penalty; its anchor is called `anchor` unless named. */
export type PenaltyInput = Pick<PenaltyOptions, 'strength'> & Partial<PenaltyOptions>;

const defaults: Omit<PenaltyOptions, 'strength'> = {
  anchor: 'anchor',
  importance: null,
  direction: null,
  perTensor: false,
  radius: 1,
  gradient: 'closed-form',
};

/** The penalty with its defaults filled in. */
export function penaltyOf(input: PenaltyInput): PenaltyOptions {
  return { ...defaults, ...input };
}
