import { describe, expect, test } from 'vitest';
import {
  isOver,
  type OutcomeOf,
  type Planning,
  planSweep,
  type RunOutcome,
  rungsOf,
  runsOf,
} from '../../lib/sweep/plan/plan.js';
import type { SweepRun } from '../../lib/sweep/plan/types.js';
import { choice, log, planned } from '../support/sweep-request.js';

/** What runs come to in the mind of a test: a number for each by its name, after each task. */
class Outcomes {
  readonly #outcomes = new Map<string, RunOutcome>();
  readonly of: OutcomeOf = ({ name }) => this.#outcomes.get(name);

  /** Runs everything that is known and missing, in this order, until nothing is left; returns how often each began. */
  runAll(
    planning: Planning,
    value: (run: SweepRun) => number | null,
    order = (runs: SweepRun[]) => runs,
  ): SweepRun[] {
    const begun: SweepRun[] = [];
    for (;;) {
      const missing = runsOf(planSweep(planning, this.of)).filter((run) => !isOver(run, this.of(run)));
      if (missing.length === 0) return begun;
      const run = order(missing)[0] as SweepRun;
      begun.push(run);
      this.end(run, value(run));
    }
  }

  end({ name, until, input }: SweepRun, value: number | null): void {
    if (value === null) this.#outcomes.set(name, { status: 'failed', taskMeans: [] });
    else {
      const tasks = until ?? Number(input.tasks ?? 5);
      const status = until === null ? 'completed' : 'stopped';
      this.#outcomes.set(name, { status, taskMeans: Array.from({ length: tasks }, () => value) });
    }
  }
}

const byRate = ({ input }: SweepRun): number => -Math.abs(Math.log10(Number(input.learningRate)) + 3);

describe('methods and settings', () => {
  const planning = planned({
    options: { validation: 100, epochs: 2, memorySize: 30 },
    axes: {
      strategy: choice('er', 'ewc', 'baseline'),
      strength: choice(1, 2),
      'ewc.strength': choice(100, 1000, 10_000),
      learningRate: choice(1e-4, 1e-3),
    },
  });
  const plan = planSweep(planning, () => undefined);
  const [er, ewc, baseline] = plan.methods;

  test('an option that a method does not have is not swept over for it', () => {
    expect(baseline?.trials.map(({ setting }) => setting)).toEqual([
      { learningRate: 1e-4 },
      { learningRate: 1e-3 },
    ]);
    expect(er?.trials).toHaveLength(2);
  });

  test('values for one strategy alone go before those for all', () => {
    expect(ewc?.trials.map(({ setting }) => setting.strength)).toEqual([
      100, 100, 1000, 1000, 10_000, 10_000,
    ]);
  });

  test('an option of one method is given to it alone, one of all to all', () => {
    expect(er?.trials[0]?.runs[0]?.input).toEqual({
      benchmark: 'split-mnist',
      strategy: 'er',
      validation: 100,
      epochs: 2,
      memorySize: 30,
      learningRate: 1e-4,
      seed: 1,
    });
    expect(baseline?.trials[0]?.runs[0]?.input).not.toHaveProperty('memorySize');
  });

  test('every setting runs with every seed, and has names of its own', () => {
    const names = runsOf(plan).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.slice(0, 4)).toEqual(['er-t000-seed1', 'er-t000-seed2', 'er-t001-seed1', 'er-t001-seed2']);
    expect(plan.total).toBe((2 + 6 + 2) * 2 + 3 * 2);
  });

  test('benchmarks make methods, too, and networks settings of which the options are theirs', () => {
    const crossed = planned({
      options: { strategy: 'baseline', validation: 100 },
      axes: {
        benchmark: choice('split-mnist', 'rotated-mnist'),
        network: choice('mlp', 'cnn'),
        dropout: choice(0, 0.5),
      },
    });
    const { methods } = planSweep(crossed, () => undefined);
    expect(methods.map(({ method }) => method.name)).toEqual(['split-mnist', 'rotated-mnist']);
    expect(methods[0]?.trials.map(({ setting }) => setting)).toEqual([
      { network: 'mlp', dropout: 0 },
      { network: 'mlp', dropout: 0.5 },
      { network: 'cnn' },
    ]);
  });
});

describe('what is chosen', () => {
  const planning = planned({
    options: { strategy: 'baseline', validation: 100 },
    axes: { learningRate: choice(1e-4, 1e-3, 1e-2) },
  });

  test('is the best mean over the seeds, and runs with fresh seeds on test images', () => {
    const outcomes = new Outcomes();
    outcomes.runAll(planning, (run) => byRate(run) + run.seed / 100);
    const [method] = planSweep(planning, outcomes.of).methods;
    expect(method?.chosen).toBe(1);
    expect(method?.final.map(({ name, input }) => [name, input.validation, input.learningRate])).toEqual([
      ['baseline-final-t001-seed1001', 0, 1e-3],
      ['baseline-final-t001-seed1002', 0, 1e-3],
    ]);
  });

  test('is not known while one run of a setting is missing', () => {
    const outcomes = new Outcomes();
    const [first, ...others] = runsOf(planSweep(planning, outcomes.of));
    for (const run of others) outcomes.end(run, 50);
    expect(planSweep(planning, outcomes.of).methods[0]).toMatchObject({ chosen: null, final: [] });
    outcomes.end(first as SweepRun, 50);
    expect(planSweep(planning, outcomes.of).methods[0]).toMatchObject({ chosen: 0 }); // of equal ones the first
  });

  test('is never a setting of which a run failed; where all did, nothing', () => {
    const outcomes = new Outcomes();
    outcomes.runAll(planning, (run) => (run.trial === 1 && run.seed === 2 ? null : byRate(run)));
    expect(planSweep(planning, outcomes.of).methods[0]?.chosen).toBe(0);
    const none = new Outcomes();
    none.runAll(planning, () => null);
    expect(planSweep(planning, none.of).methods[0]).toMatchObject({ chosen: null, final: [] });
  });

  test('on validation images of the first tasks is measured on test images of those after them', () => {
    const first = planned({
      options: { strategy: 'baseline', validation: 50, skipTasks: 1, tasks: 4 },
      axes: { learningRate: choice(1e-4, 1e-3) },
      how: { tuneTasks: 2 },
    });
    const outcomes = new Outcomes();
    outcomes.runAll(first, byRate);
    const [method] = planSweep(first, outcomes.of).methods;
    expect(method?.final[0]?.input).toMatchObject({ validation: 0, skipTasks: 3, tasks: 2 });
  });

  test('otherwise than before makes other runs', () => {
    const outcomes = new Outcomes();
    outcomes.runAll(planning, byRate);
    const before = planSweep(planning, outcomes.of).methods[0]?.final.map(({ name }) => name);
    for (const run of runsOf(planSweep(planning, outcomes.of))) if (run.trial === 2) outcomes.end(run, 99);
    const now = planSweep(planning, outcomes.of).methods[0];
    expect(now?.chosen).toBe(2);
    expect(now?.final.map(({ name }) => name)).not.toEqual(before);
    expect(now?.final.map(({ name }) => outcomes.of({ name } as SweepRun))).toEqual([undefined, undefined]);
  });

  test('by more seeds has those that the results had', () => {
    const finals = (seeds: readonly number[]): readonly number[] =>
      planned({ options: { strategy: 'er', validation: 9 }, axes: { learningRate: choice(0.1, 0.2) }, seeds })
        .spec.choice.seeds;
    expect(finals([1, 2, 3, 4])).toEqual(expect.arrayContaining([...finals([1, 2])]));
  });

  test('on the first tasks is measured on the others', () => {
    const first = planned({
      options: { strategy: 'baseline' },
      axes: { learningRate: choice(1e-4, 1e-3) },
      how: { tuneTasks: 2, finalSeeds: [3] },
    });
    const outcomes = new Outcomes();
    const begun = outcomes.runAll(first, byRate);
    expect(begun.slice(0, 4).map(({ until }) => until)).toEqual([2, 2, 2, 2]);
    const [method] = planSweep(first, outcomes.of).methods;
    expect(method?.final.map(({ input, until }) => ({ ...input, until }))).toMatchObject(
      [1001, 1002, 1003].map((seed) => ({ seed, skipTasks: 2, tasks: 3, until: null })),
    );
  });
});

describe('a search', () => {
  const wide = { options: { strategy: 'baseline', validation: 100 }, axes: { learningRate: log } };

  test.each([
    ['random', {}],
    ['tpe', { batch: 3 }],
    ['asha', { reduction: 2 }],
  ])('by %s makes the same runs in whichever order they end', (search, more) => {
    const planning = planned({ ...wide, how: { search, trials: 12, ...more } });
    const orders = [
      (runs: SweepRun[]) => runs,
      (runs: SweepRun[]) => runs.toReversed(),
      (runs: SweepRun[]) => runs.toSorted((a, b) => byRate(a) - byRate(b)),
    ];
    const plans = orders.map((order) => {
      const outcomes = new Outcomes();
      outcomes.runAll(planning, byRate, order);
      return planSweep(planning, outcomes.of);
    });
    expect(plans[1]).toEqual(plans[0]);
    expect(plans[2]).toEqual(plans[0]);
    expect(plans[0]?.methods[0]?.trials).toHaveLength(12);
  });

  test('by tpe knows a batch at a time', () => {
    const planning = planned({ ...wide, seeds: [1], how: { search: 'tpe', trials: 8, batch: 3 } });
    const outcomes = new Outcomes();
    const known = () => planSweep(planning, outcomes.of).methods[0]?.trials.length;
    expect(known()).toBe(3);
    for (const run of runsOf(planSweep(planning, outcomes.of))) outcomes.end(run, byRate(run));
    expect(known()).toBe(6);
  });

  test('by asha goes on with the best after a task, and chooses among those that saw all tasks', () => {
    const planning = planned({ ...wide, seeds: [1], how: { search: 'asha', trials: 9, reduction: 3 } });
    const outcomes = new Outcomes();
    const begun = outcomes.runAll(planning, byRate);
    const [method] = planSweep(planning, outcomes.of).methods;
    const best = method?.trials.toSorted(
      (a, b) => byRate(b.runs[0] as SweepRun) - byRate(a.runs[0] as SweepRun),
    );
    expect(method?.chosen).toBe(best?.[0]?.number);
    expect(best?.slice(0, 3).map(({ tasks }) => tasks)).toEqual([5, 5, 5]);
    expect(begun.filter(({ until, phase }) => phase === 'search' && until === 1)).toHaveLength(9);
    expect(begun.filter(({ until, phase }) => phase === 'search' && until === null)).toHaveLength(3);
  });

  test.each([
    [10, 3, [1, 3, 10]],
    [5, 3, [1, 5]],
    [1, 3, [1]],
    [20, 4, [1, 5, 20]],
  ])('of %i tasks with the reduction %i ends rungs after %j', (tasks, reduction, rungs) => {
    const { spec } = planned({ ...wide, how: { search: 'asha', reduction } });
    expect(rungsOf(spec, tasks)).toEqual(rungs);
  });

  test.each(['random', 'tpe', 'asha'])(
    'by %s tries a setting once where there are fewer than trials',
    (search) => {
      const planning = planned({
        options: { validation: 100 },
        axes: { strategy: choice('er', 'baseline'), 'er.memorySize': choice(10, 20, 30) },
        seeds: [1],
        how: { search, trials: 9 },
      });
      const outcomes = new Outcomes();
      outcomes.runAll(planning, () => 50);
      const plan = planSweep(planning, outcomes.of);
      expect(plan.methods.map(({ trials }) => trials.length)).toEqual([3, 1]);
      expect(plan.total).toBe(3 + 1 + 2);
      expect(plan.methods.map(({ final }) => final.length)).toEqual([1, 1]);
    },
  );

  test('more seeds and trials leave the runs that there were', () => {
    const names = (seeds: number[], trials: number): string[] =>
      runsOf(planSweep(planned({ ...wide, seeds, how: { search: 'random', trials } }), () => undefined)).map(
        ({ name, input }) => `${name} ${input.learningRate}`,
      );
    expect(names([1, 2, 3], 9)).toEqual(expect.arrayContaining(names([1, 2], 4)));
  });
});
