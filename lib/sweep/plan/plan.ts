import { isDeepStrictEqual } from 'node:util';
import { mean } from '../../metrics/numpy.js';
import { promotions } from '../../search/asha.js';
import { gridOf, settingsOf } from '../../search/grid.js';
import { drawSetting } from '../../search/random.js';
import type { Observation, Setting } from '../../search/space.js';
import { suggestByTpe } from '../../search/tpe.js';
import type { InputOf, Method } from './methods.js';
import type { RunStatus, SweepRun, SweepSpec } from './types.js';

/** What is known of a run. */
export interface RunOutcome {
  readonly status: RunStatus;
  /** Percent: the mean over the tasks after each task learnt. */
  readonly taskMeans: readonly number[];
}

export type OutcomeOf = (run: SweepRun) => RunOutcome | undefined;

/** A setting and its runs. */
export interface PlannedTrial {
  readonly number: number;
  readonly setting: Setting;
  /** One for each seed. */
  readonly runs: readonly SweepRun[];
  /** Percent: the mean over the seeds; null where a run failed or diverged, undefined until all are over. */
  readonly value: number | null | undefined;
  /** Tasks after which it is measured. */
  readonly tasks: number;
}

export interface PlannedMethod {
  readonly method: Method;
  readonly trials: readonly PlannedTrial[];
  /** The best trial's number; null where nothing is chosen, or not yet. */
  readonly chosen: number | null;
  readonly final: readonly SweepRun[];
  /** Its runs in all, so far as that is known: of what will be chosen, too. */
  readonly total: number;
}

export interface SweepPlan {
  readonly methods: readonly PlannedMethod[];
  /** Runs in all, so far as that is known: of what will be chosen, too. */
  readonly total: number;
}

/** What a sweep's plan is made from. */
export interface Planning {
  readonly spec: SweepSpec;
  readonly methods: readonly Method[];
  readonly inputOf: InputOf;
}

/**
 * The runs of a sweep that are known by now: a function of what is asked and of what became of the runs before, so that
 * whoever looks at the same folder makes the same plan, in whichever order runs end.
 */
export function planSweep(planning: Planning, outcomeOf: OutcomeOf): SweepPlan {
  const methods = planning.methods.map((method, index) => planMethod(planning, method, index, outcomeOf));
  return { methods, total: methods.reduce((sum, { total }) => sum + total, 0) };
}

/** Every run of a plan, in the order in which they should begin. */
export function runsOf({ methods }: SweepPlan): SweepRun[] {
  return methods.flatMap(({ trials, final }) => [...trials.flatMap(({ runs }) => runs), ...final]);
}

/** Whether nothing is left to do for a run. */
export function isOver({ until }: Pick<SweepRun, 'until'>, outcome: RunOutcome | undefined): boolean {
  if (outcome === undefined) return false;
  const { status, taskMeans } = outcome;
  return isEnded(status) || (until !== null && taskMeans.length >= until);
}

/** Whether a status is a run's last one. */
export function isEnded(status: RunStatus): boolean {
  return status === 'completed' || status === 'diverged' || status === 'failed';
}

function planMethod(planning: Planning, method: Method, index: number, outcomeOf: OutcomeOf): PlannedMethod {
  const trials = trialsOf(planning, method, index, outcomeOf);
  const { choice, search, seeds } = planning.spec;
  const count = search.kind === 'grid' ? trials.length : trialsIn(search, method);
  const isSearched = trials.every(({ value }) => value !== undefined) && trials.length >= count;
  const best = choice.kind === 'none' || !isSearched ? undefined : bestOf(trials);
  const final = best === undefined ? [] : finalRuns(planning, method, index, best);
  const later = choice.kind === 'none' ? 0 : isSearched ? final.length : choice.seeds.length;
  return { method, trials, chosen: best?.number ?? null, final, total: count * seeds.length + later };
}

/** Trials of a method where they are drawn: where its space has fewer settings, each of them once. */
function trialsIn({ trials }: SweepSpec['search'], { space }: Method): number {
  return Math.min(trials ?? 0, settingsOf(space));
}

/** The greatest value of those that went furthest; the first of several equal ones. */
function bestOf(trials: readonly PlannedTrial[]): PlannedTrial | undefined {
  const valued = trials.filter(({ value }) => typeof value === 'number');
  const furthest = Math.max(...valued.map(({ tasks }) => tasks));
  const [first, ...others] = valued.filter(({ tasks }) => tasks === furthest);
  return others.reduce((best, each) => ((each.value ?? 0) > (best?.value ?? 0) ? each : best), first);
}

function trialsOf(planning: Planning, method: Method, index: number, outcomeOf: OutcomeOf): PlannedTrial[] {
  const { spec } = planning;
  const last = spec.choice.tasks ?? method.tasks;
  const trial = (number: number, setting: Setting, tasks?: number): PlannedTrial => {
    const all = Number(setting.tasks ?? method.tasks); // swept over where nothing is chosen
    const measured = tasks ?? spec.choice.tasks ?? all;
    const until = measured < all ? measured : null;
    const runs = spec.seeds.map((seed) =>
      searchRun(planning, method, index, { number, setting, seed, until }),
    );
    return { number, setting, runs, value: meanOver(spec, runs, measured, outcomeOf), tasks: measured };
  };
  switch (spec.search.kind) {
    case 'grid':
      return gridSettings(planning, method).map((setting, number) => trial(number, setting));
    case 'random':
      return drawn(planning, method).map((setting, number) => trial(number, setting));
    case 'tpe':
      return tpeTrials(planning, method, trial);
    case 'asha':
      return ashaTrials(planning, method, last, trial);
  }
}

type TrialOf = (number: number, setting: Setting, tasks?: number) => PlannedTrial;

/** Without those that a run would not heed: an option of another network makes no other setting. */
function gridSettings({ inputOf }: Planning, { condition, space }: Method): Setting[] {
  const found: Setting[] = [];
  for (const each of gridOf(space)) {
    const setting = heeded(inputOf, condition, each);
    if (!found.some((other) => isDeepStrictEqual(other, setting))) found.push(setting);
  }
  return found;
}

function heeded(inputOf: InputOf, condition: Setting, setting: Setting): Setting {
  const input = inputOf(condition, setting, 0);
  return Object.fromEntries(Object.entries(setting).filter(([key]) => Object.hasOwn(input, key)));
}

function drawn({ spec, inputOf }: Planning, method: Method): Setting[] {
  const { condition, space } = method;
  const { seed } = spec.search;
  return Array.from({ length: trialsIn(spec.search, method) }, (_, number) =>
    heeded(inputOf, condition, drawSetting(space, { seed, number })),
  );
}

/** Batch by batch: those of one are chosen by what all before it have come to. */
function tpeTrials({ spec, inputOf }: Planning, method: Method, trial: TrialOf): PlannedTrial[] {
  const { condition, space } = method;
  const { seed, batch } = spec.search;
  const trials = trialsIn(spec.search, method);
  const made: PlannedTrial[] = [];
  const settings: Setting[] = [];
  while (made.length < trials) {
    if (made.some(({ value }) => value === undefined)) break;
    const earlier: Observation[] = made.map(({ value }, i) => ({
      setting: settings[i] as Setting,
      value: value ?? null,
    }));
    const end = Math.min(made.length + batch, trials);
    for (let number = made.length; number < end; ++number) {
      const pending = settings.slice(earlier.length);
      const setting = suggestByTpe(space, { seed, number, pending }, earlier);
      settings.push(setting);
      made.push(trial(number, heeded(inputOf, condition, setting)));
    }
  }
  return made;
}

/** Every trial until the rung that it has come to. */
function ashaTrials(planning: Planning, method: Method, last: number, trial: TrialOf): PlannedTrial[] {
  const { reduction } = planning.spec.search;
  const rungs = rungsOf(planning.spec, last);
  const settings = drawn(planning, method);
  const at = (number: number, rung: number): PlannedTrial =>
    trial(number, settings[number] as Setting, rungs[rung]);
  const values = rungs.map(() => new Map<number, number | null | undefined>());
  const reached = promotions({ rungs: rungs.length, reduction, trials: settings.length }, (number, rung) => {
    const known = values[rung] as Map<number, number | null | undefined>;
    if (!known.has(number)) known.set(number, at(number, rung).value);
    return known.get(number);
  });
  return settings.map((_, number) =>
    at(
      number,
      reached.findLastIndex((list) => list.includes(number)),
    ),
  );
}

/** After how many tasks the rungs end, the last one after all of them. */
export function rungsOf({ search: { rungs, reduction } }: SweepSpec, tasks: number): number[] {
  if (rungs.length > 0) return [...rungs.filter((rung) => rung < tasks), tasks];
  const made = [tasks];
  for (let rung = Math.floor(tasks / reduction); rung >= 1; rung = Math.floor(rung / reduction))
    made.unshift(rung);
  return made;
}

/** Undefined until all runs are over, null where one came to no value. */
function meanOver(
  { choice }: SweepSpec,
  runs: readonly SweepRun[],
  tasks: number,
  outcomeOf: OutcomeOf,
): number | null | undefined {
  const outcomes = runs.map((run) => outcomeOf(run));
  const values = outcomes.map((outcome) => {
    if (outcome === undefined) return undefined;
    if (outcome.taskMeans.length >= tasks && outcome.status !== 'diverged') {
      const means = outcome.taskMeans.slice(0, tasks);
      return choice.by === 'final' ? means.at(-1) : mean(means);
    }
    return isEnded(outcome.status) ? null : undefined;
  });
  if (values.includes(undefined)) return undefined;
  return values.includes(null) ? null : mean(values as number[]);
}

interface Search {
  readonly number: number;
  readonly setting: Setting;
  readonly seed: number;
  readonly until: number | null;
}

function searchRun(
  { inputOf }: Planning,
  { folder, condition }: Method,
  method: number,
  { number, setting, seed, until }: Search,
): SweepRun {
  const input = inputOf(condition, setting, seed);
  const name = `${folder}-${numbered(number)}-seed${seed}`;
  return { name, phase: 'search', method, trial: number, seed, until, input: kept(input, until) };
}

/** A run that stops for now must have something to go on with. */
function kept(input: Setting, until: number | null): Setting {
  return until === null || input.checkpointEvery !== 'off' ? input : { ...input, checkpointEvery: 'task' };
}

/** Such as `t003`: the name of a run tells its setting, so that another choice makes other runs. */
export function numbered(trial: number): string {
  return `t${String(trial).padStart(3, '0')}`;
}

function finalRuns(
  { spec, inputOf }: Planning,
  { folder, condition, tasks }: Method,
  method: number,
  best: PlannedTrial,
): SweepRun[] {
  const { seeds, tasks: searched } = spec.choice;
  const others =
    searched === null
      ? {}
      : { skipTasks: Number(spec.options.skipTasks ?? 0) + searched, tasks: tasks - searched };
  return seeds.map((seed) => ({
    name: `${folder}-final-${numbered(best.number)}-seed${seed}`,
    phase: 'final',
    method,
    trial: best.number,
    seed,
    until: null,
    input: { ...inputOf(condition, best.setting, seed), validation: 0, ...others },
  }));
}
