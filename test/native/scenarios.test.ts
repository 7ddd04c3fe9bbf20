import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resultSchema } from '../../lib/runs/result-schema.js';
import type { RunEvent } from '../../lib/runs/types.js';
import { resumeExperiment, runExperiment } from '../../lib/sweep/experiment.js';
// What stock PyTorch does: see test/reference/make_scenarios.py.
import fixture from '../fixtures/scenarios.json' with { type: 'json' };
import { type PythonScenario, runLikePython, writeScenarioData } from '../support/scenarios.js';

const folder = await mkdtemp(join(tmpdir(), 'cl-torch-scenarios-'));
const dataDir = `${folder}/data`;
beforeAll(() => writeScenarioData(dataDir));
afterAll(() => rm(folder, { recursive: true }));

const runs = fixture.runs as PythonScenario[];
// The fixture is of an instruction set: another one, or the fused engine, rounds sums of eight numbers otherwise.
const close = { autograd: 1e-6, fused: 1e-5 } as const;

describe.each(['autograd', 'fused'] as const)('%s', (engine) => {
  test.each(runs)(
    '$scenario-incremental, outputs $outputs: losses and accuracies of PyTorch',
    async (expected) => {
      const { losses, result } = await runLikePython(expected, dataDir, engine);
      expect(losses.map((epoch) => epoch.length)).toEqual(expected.losses.map((epoch) => epoch.length));
      for (const [epoch, steps] of losses.entries()) {
        for (const [step, loss] of steps.entries()) {
          expect(Math.abs(loss - (expected.losses[epoch]?.[step] ?? Number.NaN))).toBeLessThan(close[engine]);
        }
      }
      expect(result.accuracy).toEqual(expected.accuracy);
      expect(result.accuracyTaskAware).toEqual(expected.accuracyTaskAware);
      expect(result.config.scenario).toBe(expected.scenario);
      expect(resultSchema.parse(JSON.parse(JSON.stringify(result)))).toMatchObject({
        accuracy: expected.accuracy,
      });
      for (const [task, row] of (result.accuracyTaskAware ?? []).entries()) {
        for (const [measured, aware] of row.entries()) {
          expect(aware).toBeGreaterThanOrEqual(result.accuracy[task]?.[measured] ?? Number.NaN);
        }
      }
    },
  );
});

describe('er, whose memory has examples of other tasks,', () => {
  const small = {
    strategy: 'er',
    benchmark: 'split',
    tasks: 3,
    dataDir,
    hidden: [8],
    epochs: 3,
    batchSize: 5,
    memorySize: 4,
    device: 'cpu',
    threads: 1,
  } as const;

  test.each(['task', 'domain', 'class'] as const)(
    'is resumed in the %s scenario bit for bit',
    async (scenario) => {
      const whole = await runExperiment({ ...small, scenario });
      const out = `${folder}/stopped-${scenario}`;
      const stop = new AbortController();
      const onEvent = (event: RunEvent): void => {
        if (event.type === 'epoch' && event.task === 1 && event.epoch === 1) stop.abort();
      };
      const input = { ...small, scenario, out, checkpointEvery: 'epoch' } as const;
      await expect(runExperiment(input, { signal: stop.signal, onEvent })).rejects.toThrow();
      const { losses, accuracy, accuracyTaskAware } = await resumeExperiment(out);
      expect({ losses, accuracy, accuracyTaskAware }).toEqual({
        losses: whole.losses,
        accuracy: whole.accuracy,
        accuracyTaskAware: whole.accuracyTaskAware,
      });
    },
  );

  test('never predicts an unseen class: tasks to come are at 0 % in the class scenario', async () => {
    const { unseen } = await runExperiment({ ...small, scenario: 'class', evaluateAll: 'on' });
    expect(unseen?.initial.slice(1)).toEqual([0, 0]);
    expect(unseen?.later).toEqual([[0, 0], [0], []]);
  });
});

test('joint training keeps what fine-tuning forgets', async () => {
  const common = {
    benchmark: 'split',
    tasks: 3,
    dataDir,
    hidden: [32],
    epochs: 20,
    batchSize: 5,
    learningRate: 0.01,
  } as const;
  for (const scenario of ['domain', 'class'] as const) {
    const input = { ...common, scenario, device: 'cpu', threads: 1 } as const;
    const fineTuned = await runExperiment({ ...input, strategy: 'baseline' });
    const joint = await runExperiment({ ...input, strategy: 'joint' });
    expect(joint.taskMeans.at(-1)).toBeGreaterThan(fineTuned.taskMeans.at(-1) ?? Number.NaN);
    expect(joint.taskMeans.at(-1)).toBeGreaterThan(90);
  }
});
