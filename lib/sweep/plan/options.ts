import { z } from 'zod';
import { increasing, integer, oneOf, seed } from '../../options/kinds.js';
import { inGroup, type Kind, type OptionSchemas, optional, withDefault } from '../../options/option.js';
import type { SearchKind } from './types.js';

/** How a sweep searches and chooses; its seeds and what it sweeps over are given beside these. */
export interface SweepOptions {
  /** How settings are found: every one of a grid, random ones, by TPE, or random ones of which asha goes on with the best. Default grid. */
  readonly search: SearchKind;
  /** Settings of each method. Default 20; a grid has all there are. */
  readonly trials?: number | undefined;
  /** What random settings are drawn by. Default 0. */
  readonly searchSeed: number;
  /** Of tpe, settings that are chosen from the same results, so that they can run side by side. Default 4. */
  readonly batch: number;
  /** Of asha, one in so many settings goes on. Default 3. */
  readonly reduction: number;
  /** Of asha, after how many tasks it is decided; when left out, the number of tasks divided by the reduction, again and again. */
  readonly rungs?: readonly number[] | undefined;
  /** What is greatest for the best setting: accuracy after the last task, or averaged over the tasks; none chooses nothing. Default final. */
  readonly choose: 'final' | 'average' | 'none';
  /** Tasks at the beginning of the stream that settings are chosen on; the others are for what was chosen. */
  readonly tuneTasks?: number | undefined;
  /** Seeds that what was chosen is measured with: how many, or a list; as many as the search has when left out. */
  readonly finalSeeds?: readonly number[] | undefined;
}

const numbers: Kind<readonly number[]> = {
  schema: z.array(z.int().min(0).max(Number.MAX_SAFE_INTEGER)).min(1).max(1000),
  expected: 'how many, or a list of seeds',
  form: 'numbers',
  placeholder: 'LIST',
};

export const MOST_TRIALS = 100_000;

/** The compiler holds this list and {@link SweepOptions} equal. */
export const sweepOptions: OptionSchemas<SweepOptions> = inGroup('Search', {
  search: withDefault(
    oneOf(['grid', 'random', 'tpe', 'asha']),
    'grid',
    'how settings are found: every one of a grid, random ones, by TPE, or random ones of which asha goes on with the best',
  ),
  trials: optional(
    integer(1, MOST_TRIALS),
    'settings of each method; 20 when left out, of a grid all there are',
  ),
  searchSeed: withDefault(seed, 0, 'what random settings are drawn by'),
  batch: withDefault(
    integer(1, 1000),
    4,
    'of tpe, settings that are chosen from the same results, so that they can run side by side',
  ),
  reduction: withDefault(integer(2, 100), 3, 'of asha, one in so many settings goes on'),
  rungs: optional(
    increasing(1, 10_000),
    'of asha, after how many tasks it is decided; when left out, the number of tasks divided by the reduction, again and again',
  ),
  choose: withDefault(
    oneOf(['final', 'average', 'none']),
    'final',
    'what is greatest for the best setting: accuracy after the last task, or averaged over the tasks; none chooses nothing',
  ),
  tuneTasks: optional(
    integer(1, 10_000),
    'tasks at the beginning of the stream that settings are chosen on; the others are for what was chosen',
  ),
  finalSeeds: optional(
    numbers,
    'seeds that what was chosen is measured with: how many, or a list; as many as the search has when left out',
  ),
});
