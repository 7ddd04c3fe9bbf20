import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runExperiment, runSweep, type SweepInput } from '../../lib/index.js';
import { readResult } from '../../lib/runs/read-result.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-run-sweep-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = {
  benchmark: 'split',
  dataset: 'digits',
  tasks: 4,
  epochs: 1,
  hidden: [16],
  device: 'cpu',
  threads: 1,
} as const;

function asked(name: string, more: SweepInput): SweepInput {
  return { ...options, validation: 200, seeds: 2, out: join(folder, name), ...more };
}

describe('runSweep', () => {
  test('goes on with the best after a task, and what went on ends as an uninterrupted run does', {
    timeout: 120_000,
  }, async () => {
    const input = asked('asha', {
      search: 'asha',
      trials: 4,
      reduction: 2,
      sweep: { strategy: 'baseline', learningRate: 'log(1e-4,1e-1)' },
    });
    const { methods, isComplete } = await runSweep(input);
    expect(isComplete).toBe(true);
    const [method] = methods;
    expect(method?.trials.map(({ tasks }) => tasks).sort()).toEqual([1, 1, 2, 4]);
    const furthest = method?.trials.find(({ tasks }) => tasks === 4);
    expect(method?.chosen).toBe(furthest?.number);
    const [run] = furthest?.runs ?? [];
    const { parametersDigest } = await readResult(join(folder, 'asha/runs', run?.name ?? ''));
    const alone = await runExperiment({
      ...options,
      strategy: 'baseline',
      validation: 200,
      seed: run?.seed,
      learningRate: furthest?.setting.learningRate as number,
    });
    expect(parametersDigest).toBe(alone.parametersDigest);
  });

  test('chosen on the first tasks, measured on the others', { timeout: 120_000 }, async () => {
    const input = asked('first', {
      validation: 0,
      tuneTasks: 1,
      sweep: { strategy: ['baseline'], learningRate: [1e-4, 1e-2] },
    });
    const [method] = (await runSweep(input)).methods;
    expect(method?.trials.flatMap(({ runs }) => runs.map(({ tasks }) => tasks))).toEqual([1, 1, 1, 1]);
    const [final] = method?.final ?? [];
    const found = await readResult(join(folder, 'first/runs', final?.name ?? ''));
    const alone = await runExperiment({
      ...options,
      strategy: 'baseline',
      tasks: 3,
      classOrder: [2, 3, 4, 5, 6, 7],
      seed: final?.seed,
      learningRate: method?.trials[method.chosen ?? -1]?.setting.learningRate as number,
    });
    expect(found.accuracy).toEqual(alone.accuracy);
  });

  test('tells of every run, and ends with what a callback throws, which is no fault of a run', {
    timeout: 60_000,
  }, async () => {
    const input = asked('told', { seeds: 1, validation: 0, sweep: { strategy: ['baseline', 'er'] } });
    const mine = new Error('enough');
    const failed: string[] = [];
    const outcome = runSweep(input, {
      onEvent(event) {
        if (event.type === 'epoch') throw mine;
      },
      onFailure: (_, run) => failed.push(run.name),
    });
    await expect(outcome).rejects.toBe(mine);
    const ended: string[] = [];
    const report = await runSweep(input, {
      onEvent: (event, run) => {
        if (event.type === 'end') ended.push(run.name);
      },
    });
    expect(failed).toEqual([]);
    expect(ended.sort()).toEqual(['baseline-t000-seed2024', 'er-t000-seed2024']);
    expect(report.runs).toMatchObject({ completed: 2, failed: 0 });
  });

  test('ends by its signal, and with a wrong input before any work', async () => {
    const input = asked('ended', { sweep: { strategy: ['baseline'] } });
    await expect(runSweep(input, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(runSweep({ sweep: { strategy: 'er', learningRate: [1, 2] } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
