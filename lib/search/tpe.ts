import { identity } from './domain.js';
import { settingsOf } from './grid.js';
import { ParzenEstimate } from './parzen.js';
import { type Draw, drawSetting, randomOf } from './random.js';
import type { Observation, Setting, Space } from './space.js';

/** What a suggestion depends on, beside the space and the earlier trials. */
export interface Suggestion extends Draw {
  /** Trials that are drawn at random before the results say anything; 10 when left out. */
  readonly startup?: number | undefined;
  /**
   * Settings of trials that are not over: those of the same batch with smaller numbers. They count as bad ones
   * (a constant liar), so that a batch looks at several places. None when left out.
   */
  readonly pending?: readonly Setting[] | undefined;
}

const STARTUP = 10;
/** How many settings are drawn, of which the most promising one is suggested. */
const CANDIDATES = 24;
/** One in so many trials is a good one, */
const TRIALS_FOR_A_GOOD_ONE = 10;
/** but no more than these. */
const MOST_GOOD_ONES = 25;

/**
 * The next setting to try by a tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl 2011,
 * "Algorithms for Hyper-Parameter Optimization"): with one density over the settings of the best tenth of the trials and
 * one over all others, of 24 settings drawn from the first it takes the one where the ratio of the two is greatest. The
 * densities are over all names together (Falkner, Klein and Hutter 2018, BOHB), with the widths and weights that Watanabe 2023
 * ("Tree-Structured Parzen Estimator: Understanding Its Algorithm Components") describes as Optuna's.
 *
 * A run gives the same result each time, so a setting that was tried is not suggested again while the space has others.
 *
 * @param earlier - Trials that are over, in the order of their numbers. The suggestion is a function of them in this order, the
 * pending ones, the seed and the number: trials of one batch are given the same `earlier` and draw by their numbers.
 * @throws {ClTorchError} INVALID_ARGUMENT when an earlier setting is none of the space.
 */
export function suggestByTpe(
  space: Space,
  { seed, number, startup = STARTUP, pending = [] }: Suggestion,
  earlier: readonly Observation[],
): Setting {
  if (earlier.length < startup) return drawSetting(space, { seed, number });
  const memory = suggestedBefore.get(space) ?? new Map<string, Suggested>();
  suggestedBefore.set(space, memory);
  const before = memory.get(`${seed} ${number}`);
  const known = [...earlier.map(({ setting }) => setting), ...pending];
  const values = earlier.map(({ value }) => value);
  if (before !== undefined && isEqual(before.known, known) && isEqual(before.values, values)) {
    return before.setting;
  }
  const setting = Object.freeze(suggested(space, { seed, number }, earlier, pending));
  memory.set(`${seed} ${number}`, { known, values, setting });
  return setting;
}

/** What a trial was suggested by the last time, and what came of it. */
interface Suggested {
  readonly known: readonly Setting[];
  readonly values: readonly (number | null)[];
  readonly setting: Setting;
}

/** As {@link drawSetting} remembers: a plan that is made anew, from the same results, asks for the same suggestions. */
const suggestedBefore = new WeakMap<Space, Map<string, Suggested>>();

function isEqual(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && before.every((each, i) => Object.is(each, now[i]));
}

function suggested(
  space: Space,
  { seed, number }: Draw,
  earlier: readonly Observation[],
  pending: readonly Setting[],
): Setting {
  const { good, bad } = split(earlier);
  const likely = new ParzenEstimate(space, good);
  const unlikely = new ParzenEstimate(space, [...bad, ...pending]);
  const known = new Set(
    [...earlier.map(({ setting }) => setting), ...pending].map((setting) => identity(space, setting)),
  );
  const random = randomOf('tpe', seed, number);
  let best: { setting: Setting; promise: number } | undefined;
  for (let i = 0; i < CANDIDATES; i++) {
    const setting = likely.draw(random);
    if (known.has(identity(space, setting))) continue;
    const promise = likely.logDensity(setting) - unlikely.logDensity(setting);
    if (best === undefined || promise > best.promise) best = { setting, promise };
  }
  return best?.setting ?? untried(space, { seed, number }, known);
}

/** The settings of the best trials and of all others, each in the order of the trials; failures are never good. */
function split(earlier: readonly Observation[]): { good: Setting[]; bad: Setting[] } {
  const most = Math.min(Math.ceil(earlier.length / TRIALS_FOR_A_GOOD_ONE), MOST_GOOD_ONES);
  const ranked = earlier
    .flatMap(({ value }, index) => (value === null || Number.isNaN(value) ? [] : [{ value, index }]))
    .sort((a, b) => b.value - a.value || a.index - b.index);
  const best = new Set(ranked.slice(0, most).map(({ index }) => index));
  const settings = earlier.map(({ setting }) => setting);
  return {
    good: settings.filter((_, index) => best.has(index)),
    bad: settings.filter((_, index) => !best.has(index)),
  };
}

/** The first setting in the random order of trials that is not known; any, when all are. */
function untried(space: Space, draw: Draw, known: ReadonlySet<string>): Setting {
  const tries = Math.min(settingsOf(space), known.size + 1);
  for (let number = 0; number < tries; number++) {
    const setting = drawSetting(space, { ...draw, number });
    if (!known.has(identity(space, setting))) return setting;
  }
  return drawSetting(space, draw);
}
