import { mean } from '../../metrics/numpy.js';
import type { Domain, Interval } from '../../search/space.js';
import type { MethodSummary, SweepReport, SweepSpec, TrialSummary } from '../../sweep/plan/types.js';
import { domainOf, plain } from './domain.js';

// optuna/storages/journal/_storage.py and optuna/trial/_state.py of Optuna 5.0.
const CREATE_STUDY = 0;
const SET_STUDY_USER_ATTR = 2;
const CREATE_TRIAL = 4;
const MAXIMIZE = 2;
const RUNNING = 0;
const COMPLETE = 1;
const PRUNED = 2;
const FAIL = 3;

/**
 * A sweep as a journal of Optuna's: `JournalStorage(JournalFileBackend(FILE))` opens it. Each method is a study, by its name, and is
 * maximised; each setting a trial with its distributions, its value in percent and, as intermediate values, the mean over the seeds
 * after each task. What asha did not promote is pruned; a trial that is not over is running.
 *
 * @param at - When it is exported. A trial's end is that, since a sweep keeps no times; its beginning lies its runs' seconds earlier.
 */
export function optunaJournal(report: SweepReport, at: Date): string {
  const lines = report.methods.flatMap((method, study) => [
    { op_code: CREATE_STUDY, study_name: method.name, directions: [MAXIMIZE] },
    ...Object.entries(studyAttributes(method)).map(([name, value]) => ({
      op_code: SET_STUDY_USER_ATTR,
      study_id: study,
      user_attr: { [name]: value },
    })),
    ...method.trials.map((trial) => ({
      op_code: CREATE_TRIAL,
      study_id: study,
      ...trialOf(report.spec, method, trial, at),
    })),
  ]);
  return lines.map((line) => `${JSON.stringify({ ...line, worker_id: 'cl-torch' })}\n`).join('');
}

function studyAttributes({ condition, chosen, final }: MethodSummary): Record<string, unknown> {
  return {
    condition,
    chosen,
    final: final.map((run) => ({
      seed: run.seed,
      status: run.status,
      final: run.final,
      average: run.average,
      forgetting: run.forgetting,
    })),
  };
}

function trialOf(spec: SweepSpec, method: MethodSummary, trial: TrialSummary, at: Date): object {
  const { setting, value, runs, number, tasks } = trial;
  const entries = Object.keys(setting).map((option) => {
    const tried = method.trials.flatMap((other) =>
      Object.hasOwn(other.setting, option) ? [other.setting[option]] : [],
    );
    const domain = domainOf(spec, method, option) ?? { kind: 'choice', values: distinct(tried) };
    return { option, domain, value: setting[option] };
  });
  const state = stateOf(spec, method, trial);
  const seconds = runs.reduce((sum, run) => sum + (run.seconds ?? 0), 0);
  return {
    state,
    value: state === COMPLETE || state === PRUNED ? value : null,
    values: null,
    datetime_start: new Date(at.getTime() - 1000 * seconds).toISOString(),
    ...(state === RUNNING ? {} : { datetime_complete: at.toISOString() }),
    distributions: Object.fromEntries(
      entries.map(({ option, domain }) => [option, JSON.stringify(distributionOf(domain))]),
    ),
    params: Object.fromEntries(
      entries.map(({ option, domain, value: given }) => [option, internal(domain, given)]),
    ),
    user_attrs: {
      number,
      tasks,
      runs: runs.map(({ name }) => name),
      seeds: runs.map(({ seed }) => seed),
      final: runs.map((run) => run.final),
      average: runs.map((run) => run.average),
      forgetting: runs.map((run) => run.forgetting),
      seconds: runs.map((run) => run.seconds),
      errors: runs.flatMap(({ error }) => (error === null ? [] : [error])),
    },
    system_attrs: {},
    intermediate_values: intermediateValues(trial),
  };
}

function stateOf(
  { search }: SweepSpec,
  { trials }: MethodSummary,
  { runs, value, tasks }: TrialSummary,
): number {
  const isUnderway = runs.some(({ status }) => ['missing', 'running', 'stopped'].includes(status));
  if (value === null) return isUnderway ? RUNNING : FAIL;
  const furthest = Math.max(...trials.map((trial) => trial.tasks));
  return search.kind === 'asha' && tasks < furthest ? PRUNED : COMPLETE;
}

/** By the number of tasks learnt, where every seed has learnt as many. */
function intermediateValues({ runs }: TrialSummary): Record<number, number> {
  const [first] = runs;
  const steps = (first?.taskMeans ?? []).flatMap((_, task) => {
    const values = runs.flatMap(({ taskMeans }) => taskMeans[task] ?? []);
    return values.length === runs.length ? [[task + 1, mean(values)] as const] : [];
  });
  return Object.fromEntries(steps);
}

/** Whole numbers at equal distances stay such; other numbers may be any between the bounds, names are told apart. */
function distributionOf(domain: Domain): object {
  if (domain.kind === 'choice') {
    return { name: 'CategoricalDistribution', attributes: { choices: domain.values.map(plain) } };
  }
  const { low, high, scale } = domain;
  const log = scale === 'log';
  const step = wholeStep(domain);
  if (step !== undefined) return { name: 'IntDistribution', attributes: { log, step, low, high } };
  return { name: 'FloatDistribution', attributes: { step: null, low, high, log } };
}

/** What an Optuna distribution holds a value as. */
function internal(domain: Domain, value: unknown): unknown {
  if (domain.kind === 'interval') return value;
  return domain.values.map((each) => JSON.stringify(each)).indexOf(JSON.stringify(value));
}

function wholeStep({ scale, points = [] }: Interval): number | undefined {
  const [first = 0, second = 0] = points;
  const step = second - first;
  const isEven = points.every((point, i) => Number.isInteger(point) && point === first + i * step);
  return scale === 'linear' && points.length > 1 && isEven ? step : undefined;
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
