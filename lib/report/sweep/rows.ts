import { bestMethods } from '../../metrics/best.js';
import type { SeedValue } from '../../metrics/paired.js';
import { type MeanAndDeviation, meanAndDeviation } from '../../metrics/statistics.js';
import type { Setting } from '../../search/space.js';
import { strategyNamed } from '../../strategies/index.js';
import type { MethodSummary, RunSummary, SweepReport, TrialSummary } from '../../sweep/plan/types.js';
import { measureOf, type SweepMeasure, settingWords } from './words.js';

/** What the results compare: a method with the setting that was chosen for it, or where nothing is chosen, each setting. */
export interface ResultRow {
  readonly label: string;
  readonly isUpperBound: boolean;
  /** Null until one is chosen. */
  readonly setting: Setting | null;
  /** Those that came to their end, which alone count. */
  readonly runs: readonly RunSummary[];
  /** Those that failed or diverged. */
  readonly lost: readonly RunSummary[];
  /** Runs that are still to come to their end. */
  readonly left: number;
}

/** The rows of the results, in the order of the methods. */
export function resultRows({ spec, methods }: SweepReport): ResultRow[] {
  return methods.flatMap((method) => {
    if (spec.choice.kind !== 'none') {
      const setting = method.trials.find(({ number }) => number === method.chosen)?.setting ?? null;
      return [rowOf(method, nameOf(method), setting, method.final)];
    }
    return method.trials.map(({ setting, runs }) => {
      const words = method.trials.length > 1 ? `, ${settingWords(setting)}` : '';
      return rowOf(method, `${nameOf(method)}${words}`, setting, runs);
    });
  });
}

function rowOf(
  method: MethodSummary,
  label: string,
  setting: Setting | null,
  runs: readonly RunSummary[],
): ResultRow {
  const lost = runs.filter(({ status }) => status === 'failed' || status === 'diverged');
  const done = runs.filter(({ status }) => status === 'completed');
  const isUpperBound = isBound(method);
  return { label, isUpperBound, setting, runs: done, lost, left: runs.length - done.length - lost.length };
}

function isBound({ condition }: MethodSummary): boolean {
  return strategyNamed(condition.strategy)?.role === 'upper bound';
}

export function nameOf(method: MethodSummary): string {
  return isBound(method) ? `${method.name} (upper bound)` : method.name;
}

/** Mean and deviation over the seeds; null where no run has the measure. */
export function measuredIn(runs: readonly RunSummary[], { of }: SweepMeasure): MeanAndDeviation | null {
  const values = runs.map(of).filter((value) => value !== null);
  return values.length > 0 ? meanAndDeviation(values) : null;
}

/** What each seed gave. */
export function seedValues({ runs }: Pick<ResultRow, 'runs'>, { of }: SweepMeasure): SeedValue[] {
  return runs.flatMap((run) => {
    const value = of(run);
    return value === null ? [] : [{ seed: run.seed, value }];
  });
}

/** Places of the rows that the seeds call the best by a measure; the upper bound is none of them. */
export function bestRows(rows: readonly ResultRow[], measure: SweepMeasure): Set<number> {
  return bestMethods(
    rows.map((row) => (row.isUpperBound ? [] : seedValues(row, measure))),
    measure.better,
  );
}

/** A trial that has a value, with its spread over the seeds. */
export interface ValuedTrial extends TrialSummary {
  readonly value: number;
  readonly deviation: number | null;
}

/** The trials that can be compared: of asha those with a value that have come furthest. */
export function wholeTrials({ spec }: SweepReport, { trials }: MethodSummary): ValuedTrial[] {
  const valued = trials.filter(({ value }) => value !== null);
  const furthest =
    spec.search.kind === 'asha' ? valued.reduce((most, { tasks }) => Math.max(most, tasks), 0) : 0;
  return valued.flatMap((trial) => {
    const { value, tasks, runs } = trial;
    if (value === null || tasks < furthest) return [];
    return [{ ...trial, value, deviation: measuredIn(runs, measureOf(spec))?.deviation ?? null }];
  });
}

/** After how many tasks the rungs of asha end that a method's settings have come to, ascending. */
export function rungsOf({ trials }: MethodSummary): number[] {
  return [...new Set(trials.map(({ tasks }) => tasks))].sort((one, other) => one - other);
}

/** The best trial so far; the first of several equal ones. */
export function bestTrial(report: SweepReport, method: MethodSummary): ValuedTrial | undefined {
  const [first, ...others] = wholeTrials(report, method);
  return others.reduce<ValuedTrial | undefined>(
    (best, each) => (best !== undefined && each.value > best.value ? each : best),
    first,
  );
}
