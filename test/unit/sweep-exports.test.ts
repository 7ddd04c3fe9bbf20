import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportSweep } from '../../lib/cli/support/sweep-exports.js';
import { hparamsFiles } from '../../lib/sinks/exports/hparams.js';
import { optunaJournal } from '../../lib/sinks/exports/optuna.js';
import type { RunSummary, SweepReport, TrialSummary } from '../../lib/sweep/plan/types.js';
import { serve } from '../support/http-server.js';
import { temporaryFolder } from '../support/libtorch.js';
import { madeUpSweep } from '../support/made-up-sweep.js';
import { FakeMlflow } from '../support/mlflow.js';

const run: RunSummary = {
  name: 'er-t000-seed0',
  seed: 0,
  status: 'completed',
  tasks: 2,
  taskMeans: [95, 80.5],
  final: 80.5,
  average: 87.75,
  forgetting: null,
  seconds: 10,
  peakMemoryBytes: null,
  error: null,
};

/** A sweep of one method. */
function sweepOf(trials: readonly TrialSummary[], settings: SweepReport['spec']['settings']): SweepReport {
  const made = madeUpSweep({ methods: ['er'], settings: {}, trials: 1, seeds: 1, choice: 'none' });
  const [method] = made.methods;
  if (method === undefined) throw new Error('A made-up sweep has a method.');
  return { ...made, spec: { ...made.spec, settings }, methods: [{ ...method, trials }] };
}

describe("Optuna's journal", () => {
  const at = new Date('2026-11-26T12:00:00Z');
  const settings: SweepReport['spec']['settings'] = {
    learningRate: { kind: 'interval', scale: 'log', low: 1e-4, high: 1 },
    strength: { kind: 'choice', values: [1, 2] },
    'er.strength': { kind: 'interval', scale: 'linear', low: 0, high: 10, points: [0, 5, 10] },
    hidden: { kind: 'choice', values: [[100], [100, 50], null] },
  };
  const setting = { learningRate: 0.01, strength: 5, hidden: [100, 50] };
  const lines = (trials: readonly TrialSummary[]): Record<string, unknown>[] =>
    optunaJournal(sweepOf(trials, settings), at)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('has a study for the method, then its trials with what they were drawn from', () => {
    const second = { ...run, name: 'er-t000-seed1', seed: 1, taskMeans: [96, 81.5], seconds: 20 };
    const [study, condition, , , trial, ...others] = lines([
      { number: 0, setting, runs: [run, second], value: 81, tasks: 2 },
    ]);
    expect(others).toEqual([]);
    expect(study).toEqual({ op_code: 0, study_name: 'er', directions: [2], worker_id: 'cl-torch' });
    expect(condition).toEqual({
      op_code: 2,
      study_id: 0,
      user_attr: { condition: { strategy: 'er' } },
      worker_id: 'cl-torch',
    });
    expect(trial).toMatchObject({
      op_code: 4,
      study_id: 0,
      state: 1,
      value: 81,
      values: null,
      datetime_start: '2026-11-26T11:59:30.000Z',
      datetime_complete: '2026-11-26T12:00:00.000Z',
      params: { learningRate: 0.01, strength: 5, hidden: 1 },
      intermediate_values: { 1: 95.5, 2: 81 },
    });
    expect(
      Object.entries(trial?.distributions ?? {}).map(([name, text]) => [name, JSON.parse(text as string)]),
    ).toEqual([
      [
        'learningRate',
        { name: 'FloatDistribution', attributes: { low: 1e-4, high: 1, log: true, step: null } },
      ],
      ['strength', { name: 'IntDistribution', attributes: { low: 0, high: 10, log: false, step: 5 } }],
      ['hidden', { name: 'CategoricalDistribution', attributes: { choices: ['[100]', '[100,50]', null] } }],
    ]);
  });

  test('tells trials that failed from those that are not over', () => {
    const failed: RunSummary = { ...run, status: 'failed', final: null, error: 'DATA_INVALID: no' };
    const missing: RunSummary = { ...run, status: 'missing', taskMeans: [] };
    const trials = [failed, missing].map((each, number) => ({
      number,
      setting,
      runs: [each, run],
      value: null,
      tasks: 2,
    }));
    const [first, second] = lines(trials).slice(4);
    expect(first).toMatchObject({ state: 3, value: null, user_attrs: { errors: ['DATA_INVALID: no'] } });
    expect(second).toMatchObject({ state: 0, value: null, intermediate_values: {} });
    expect(second).not.toHaveProperty('datetime_complete');
  });

  test('has what asha did not promote as pruned', () => {
    const report = madeUpSweep({ kind: 'asha', trials: 9, methods: ['er'], choice: 'none' });
    const states = optunaJournal(report, at)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { op_code: number; state: number })
      .filter(({ op_code }) => op_code === 4)
      .map(({ state }) => state);
    const ends = report.methods[0]?.trials.map(({ tasks }) => tasks) ?? [];
    expect(states).toEqual(ends.map((tasks) => (tasks === Math.max(...ends) ? 1 : 2)));
    expect(new Set(states)).toEqual(new Set([1, 2]));
  });
});

describe("TensorBoard's HParams", () => {
  /** Written by the tensorboard package (test/reference/make_tensorboard.py). */
  const fixture = JSON.parse(
    readFileSync(new URL('../fixtures/tensorboard.json', import.meta.url), 'utf8'),
  ) as { sweep: { time: number; files: Record<string, string> } };

  test('are what the tensorboard package writes, byte for byte', () => {
    const setting = { learningRate: 0, nesterov: false, hidden: [100, 50] };
    const report = sweepOf([{ number: 0, setting, runs: [run], value: 80.5, tasks: 2 }], {});
    const files = hparamsFiles(report, new Date(1000 * fixture.sweep.time));
    const found = files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('hex')]);
    expect(Object.fromEntries(found)).toEqual(fixture.sweep.files);
  });

  test('have a folder for each run that has begun', () => {
    const report = madeUpSweep({ trials: 4, seeds: 2, troubled: { missing: 3, failed: 5 } });
    const runs = report.methods.flatMap(({ trials, final }) => [
      ...trials.flatMap((trial) => trial.runs),
      ...final,
    ]);
    const begun = runs.filter(({ status }) => status !== 'missing').map(({ name }) => name);
    const paths = hparamsFiles(report, new Date(0)).map(({ path }) => path);
    expect(paths).toEqual(
      ['', ...begun.map((name) => `${name}/`)].map((folder) => `${folder}events.out.tfevents.0.sweep`),
    );
  });
});

test('a sweep is written for several programs at once, into folders that are made', async () => {
  const folder = temporaryFolder();
  const mlflow = new FakeMlflow();
  await using server = await serve(mlflow.answer);
  const report = madeUpSweep({ methods: ['er'], trials: 2, seeds: 1, choice: 'none' });
  const optuna = join(folder, 'new', 'sweep.journal');
  const tensorboard = join(folder, 'hparams');
  const places = { optuna, tensorboard, mlflow: server.origin };
  expect(await exportSweep(report, join(folder, 'study/'), places)).toEqual([
    optuna,
    tensorboard,
    'study in MLflow: 2 runs sent, 0 were there',
  ]);
  expect(readFileSync(optuna, 'utf8').split('\n')[0]).toContain('"study_name":"er"');
  for (const run of ['.', 'er-t000-seed0', 'er-t001-seed0'])
    expect(existsSync(join(tensorboard, run, 'events.out.tfevents.0.sweep'))).toBe(true);
  expect(mlflow.experiments).toEqual(['study']);
  expect(await exportSweep(report, folder, {})).toEqual([]);
});
