import type { NetworkSpec } from '../../binding.js';
import { mlp } from '../../lib/session/network.js';

/** An MLP of these widths, from the input to the output layer. */
export function mlpOf(widths: readonly number[]): NetworkSpec {
  return mlp(widths[0] ?? 0, widths.slice(1, -1), widths.at(-1) ?? 0);
}
