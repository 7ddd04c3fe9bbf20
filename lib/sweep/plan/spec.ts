import { ClTorchError, messageOf } from '../../base/errors.js';
import { benchmarks } from '../../benchmarks/index.js';
import { parseExperiment } from '../../config/parse.js';
import { flagNames, parseOptions } from '../../options/check.js';
import { consecutiveSeeds } from '../../random/seeds.js';
import { settingsOf } from '../../search/grid.js';
import { drawSetting } from '../../search/random.js';
import type { Domain, Setting, Space } from '../../search/space.js';
import { absoluteFile, type Definitions } from './definitions.js';
import { inputsOf, METHOD_KEYS, type Method, methodsOf, partsOfKey, withDefinitions } from './methods.js';
import { type SweepOptions, sweepOptions } from './options.js';
import { type Planning, planSweep } from './plan.js';
import { refused } from './refused.js';
import type { SearchKind, SweepSpec } from './types.js';

const STANDARD_TRIALS = 20;
const MOST_FINAL = 1000;
/** Settings that are checked before any run where the later ones are not known yet. */
const SAMPLES = 50;

/** A sweep as a caller asks for it. */
export interface SweepRequest {
  /** Options of every run. */
  readonly options: Setting;
  /** What is swept over, by the option's name. */
  readonly axes: Space;
  readonly seeds: readonly number[];
  /** {@link SweepOptions}, not checked yet. */
  readonly how: object;
}

/** The request in the parts of a sweep, with the names of files as absolute paths. A single strategy is a method like others. */
export function partsOf({
  options,
  axes,
}: SweepRequest): Pick<SweepSpec, 'options' | 'methods' | 'settings'> {
  const { out: _out, seed: _seed, strategy, ...kept } = options;
  const single: Space = strategy === undefined ? {} : { strategy: { kind: 'choice', values: [strategy] } };
  const all = Object.entries({ ...single, ...axes });
  const isMethod = ([key]: readonly [string, unknown]): boolean => METHOD_KEYS.includes(key);
  const methods = all
    .filter(isMethod)
    .map(([key, domain]) => [key, named(key, domain)] as const)
    .sort(([a], [b]) => METHOD_KEYS.indexOf(a) - METHOD_KEYS.indexOf(b));
  return {
    options: { ...kept, ...('benchmark' in kept ? { benchmark: absoluteFile(kept.benchmark) } : {}) },
    methods: Object.fromEntries(methods),
    settings: Object.fromEntries(all.filter((each) => !isMethod(each))),
  };
}

function named(key: string, domain: Domain): Domain {
  if (domain.kind !== 'choice') throw refused(`${key} takes names, not numbers between two bounds`);
  return { ...domain, values: domain.values.map(absoluteFile) };
}

/**
 * The sweep that is asked for, checked: each configuration that is known before a run, too.
 * @throws {ClTorchError} CONFIG_INVALID, before any work.
 */
export function planRequest(request: SweepRequest, definitions: Definitions): Planning {
  const how = parseOptions(sweepOptions, request.how);
  const parts = partsOf(request);
  requireStrategy(parts);
  const { search, trials, searchSeed, batch, reduction, rungs = [] } = how;
  if (search === 'grid' && trials !== undefined) {
    throw refused('trials (--trials) is for random, tpe and asha: a grid has every setting there is');
  }
  requireHeeded(request.how, search);
  requireComparable(parts, how);
  const draft: SweepSpec = {
    schemaVersion: 1,
    ...parts,
    seeds: request.seeds,
    search: {
      kind: search,
      trials: search === 'grid' ? null : (trials ?? STANDARD_TRIALS),
      seed: searchSeed,
      batch,
      reduction,
      rungs,
    },
    choice: { kind: 'none', by: how.choose === 'average' ? 'average' : 'final', tasks: null, seeds: [] },
  };
  const inputOf = inputsOf(draft, definitions);
  const methods = methodsOf(draft, definitions);
  requireDistinct(methods);
  const spec = { ...draft, choice: choiceOf(draft, how, methods) };
  const planning = { spec, methods, inputOf };
  requireRuns(planning, definitions);
  return planning;
}

function requireStrategy({ methods, settings }: Pick<SweepSpec, 'methods' | 'settings'>): void {
  const strategies = methods.strategy?.kind === 'choice' ? methods.strategy.values : [];
  if (strategies.length === 0)
    throw refused('it has no strategy. Name one or several: --set strategy=baseline,er');
  const parts = strategies.flatMap((name) => [String(name), ...String(name).split('+')]);
  for (const key of Object.keys(settings)) {
    const [owner] = partsOfKey(key);
    if (owner === undefined || parts.includes(owner)) continue;
    throw refused(`${key} is an option of ${owner} alone, and the strategies are ${strategies.join(', ')}`);
  }
}

function requireDistinct(methods: readonly Method[]): void {
  const twice = methods.find(({ folder }, i) => methods.findIndex((each) => each.folder === folder) < i);
  if (twice) throw refused(`two of its methods are called ${twice.name}; give one of them another name`);
}

/** What settings are chosen by: never by the numbers that are told in the end. */
function choiceOf(
  draft: SweepSpec,
  { choose, tuneTasks, finalSeeds }: SweepOptions,
  methods: readonly Method[],
): SweepSpec['choice'] {
  const { search, options } = draft;
  const chooses = methods.some(({ space }) => (search.trials ?? settingsOf(space)) > 1);
  const by = draft.choice.by;
  const isApart = Number(options.validation ?? 0) > 0;
  if (choose === 'none' || !(chooses || isApart || tuneTasks !== undefined)) {
    if (finalSeeds)
      throw refused('finalSeeds (--final-seeds) is for a choice among settings, and there is none here');
    if (tuneTasks !== undefined)
      throw refused('tuneTasks (--tune-tasks) is for a choice among settings, and there is none here');
    return { kind: 'none', by, tasks: null, seeds: [] };
  }
  const seeds = finalSeedsOf(draft.seeds, finalSeeds);
  if (tuneTasks !== undefined) {
    const short = methods.find(({ tasks }) => tasks <= tuneTasks);
    if (short) {
      throw refused(
        `tuneTasks (--tune-tasks) is ${tuneTasks}, and the stream of ${short.name} has ${short.tasks} tasks: none would be left to measure what was chosen on`,
      );
    }
    return { kind: 'first-tasks', by, tasks: tuneTasks, seeds };
  }
  if (isApart) return { kind: 'validation', by, tasks: null, seeds };
  throw refused(
    'it chooses among settings, and test images must not decide. Set images apart (--validation 5000), or choose on the ' +
      'first tasks (--tune-tasks 3), or only lay the settings side by side (--choose none)',
  );
}

/** How far from the first seed of a search those of the results begin, so that a search may get more seeds. */
const APART = 1000;

/** Seeds that no search has seen. */
function finalSeedsOf(seeds: readonly number[], given: readonly number[] | undefined): readonly number[] {
  const [count = seeds.length] = given ?? [];
  if (!given || given.length === 1) {
    const first = Math.max(Math.max(...seeds) + 1, (seeds[0] ?? 0) + APART);
    if (count >= 1 && count <= MOST_FINAL && Number.isSafeInteger(first + count))
      return consecutiveSeeds(first, count);
    throw refused(
      `finalSeeds (--final-seeds) must be how many, from 1 to ${MOST_FINAL}, or a list; found ${count}, to be counted on from ${first}`,
    );
  }
  const twice = given.find((seed, i) => given.indexOf(seed) < i);
  if (twice !== undefined)
    throw refused(`finalSeeds (--final-seeds) has ${twice} twice: a run would count twice`);
  const seen = given.find((seed) => seeds.includes(seed));
  if (seen !== undefined) {
    throw refused(
      `finalSeeds (--final-seeds) has ${seen}, which the search has, too: what is chosen must be measured with fresh ones`,
    );
  }
  return given;
}

/** What a search would not heed is no part of it. */
function requireHeeded(how: object, search: SearchKind): void {
  const owners: Readonly<Record<string, SearchKind>> = { rungs: 'asha', reduction: 'asha', batch: 'tpe' };
  const name = flagNames(sweepOptions);
  for (const [key, owner] of Object.entries(owners)) {
    if (Object.hasOwn(how, key) && search !== owner)
      throw refused(`${name(key)} is for ${owner}, and this is ${search}`);
  }
}

/** Settings with other images or other tasks have numbers that cannot be compared. */
function requireComparable({ settings }: Pick<SweepSpec, 'settings'>, { choose }: SweepOptions): void {
  if ('out' in settings)
    throw refused('out is the folder of the whole sweep; its runs have folders in there');
  if (choose === 'none') return;
  const ofStreams = new Set([
    'validation',
    'skipTasks',
    ...benchmarks.flatMap(({ options }) => Object.keys(options)),
  ]);
  const key = Object.keys(settings).find((each) => ofStreams.has(each));
  if (key === undefined) return;
  throw refused(
    `${key} decides what is measured, so that none of its values could be chosen by accuracy. Sweep over it with ` +
      '--choose none, or make a sweep for each value',
  );
}

/** Every run that is known must have a right configuration; of the others some samples. */
function requireRuns({ spec, methods, inputOf }: Planning, definitions: Definitions): void {
  const known = planSweep({ spec, methods, inputOf }, () => undefined);
  for (const { method, trials } of known.methods) {
    const settings =
      spec.search.kind === 'tpe'
        ? Array.from({ length: SAMPLES }, (_, number) =>
            drawSetting(method.space, { seed: spec.search.seed, number }),
          )
        : trials.map(({ setting }) => setting);
    for (const setting of settings) {
      try {
        parseExperiment(withDefinitions(inputOf(method.condition, setting, spec.seeds[0] ?? 0), definitions));
      } catch (error) {
        throw new ClTorchError(
          'CONFIG_INVALID',
          `A run of this sweep cannot be made, that of ${method.name}${described(setting)}. ${messageOf(error)}`,
          { cause: error },
        );
      }
    }
  }
}

function described(setting: Setting): string {
  const words = Object.entries(setting).map(([key, value]) => `${key} ${String(value)}`);
  return words.length === 0 ? '' : ` with ${words.join(', ')}`;
}
