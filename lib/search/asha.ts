/** How trials are promoted. */
export interface Promotion {
  /** Trials that start, numbered from 0. */
  readonly trials: number;
  /** How many rungs there are, at least 1. */
  readonly rungs: number;
  /** One in so many trials of a rung is promoted to the next one; at least 2. */
  readonly reduction: number;
}

/**
 * A trial's result in a rung, greater is better; null when it failed or diverged, which never promotes it; undefined while it is
 * not over.
 */
export type RungValue = (trial: number, rung: number) => number | null | undefined;

/**
 * The trials of each rung, in the order in which they are to run: asynchronous successive halving (Li et al. 2020, "A System for
 * Massively Parallel Hyperparameter Tuning", algorithm 2), made independent of the order in which runs end. Rung 0 has
 * every trial by its number. In each rung, results count in the rung's own order, up to the first one that is not there yet:
 * after m of them the best ⌊m / reduction⌋ are promoted, unless they are already, the better ones first; of equal ones the smaller number
 * is better. So more results make the lists longer and change nothing of what they hold.
 */
export function promotions({ trials, rungs, reduction }: Promotion, resultOf: RungValue): number[][] {
  const lists = [Array.from({ length: trials }, (_, trial) => trial)];
  for (let rung = 0; rung + 1 < rungs; rung++) {
    lists.push(promoted(lists[rung] as number[], reduction, (trial) => resultOf(trial, rung)));
  }
  return lists;
}

function promoted(
  order: readonly number[],
  reduction: number,
  resultOf: (trial: number) => number | null | undefined,
): number[] {
  const ranked: { trial: number; value: number }[] = [];
  const chosen = new Set<number>();
  for (const [index, trial] of order.entries()) {
    const value = resultOf(trial);
    if (value === undefined) break;
    if (value !== null && !Number.isNaN(value)) ranked.push({ trial, value });
    ranked.sort((a, b) => b.value - a.value || a.trial - b.trial);
    const best = ranked.slice(0, Math.floor((index + 1) / reduction));
    for (const { trial } of best) chosen.add(trial);
  }
  return [...chosen];
}
