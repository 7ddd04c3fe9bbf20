import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { predictImages } from '../../lib/prediction/index.js';
import { resultSchema } from '../../lib/runs/result-schema.js';
import type { RunEvent } from '../../lib/runs/types.js';
import { resumeExperiment, runExperiment } from '../../lib/sweep/experiment.js';
// What stock PyTorch does: see test/reference/make_scenarios.py.
import fixture from '../fixtures/scenarios.json' with { type: 'json' };
import { idx } from '../support/idx.js';
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
    '$scenario-incremental, outputs $outputs, iterations $iterations, last batch $lastBatch, optimizer $optimizerState: losses and accuracies of PyTorch',
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

  test('counted in iterations is resumed within a pass bit for bit', async () => {
    const { epochs: _, ...rest } = small;
    const input = { ...rest, iterations: 17, lastBatch: 'drop', schedule: 'cosine' } as const;
    const whole = await runExperiment(input);
    expect(whole.losses.map((passes) => passes.length)).toEqual([3, 3, 4]);
    const out = `${folder}/stopped-iterations`;
    const stop = new AbortController();
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'epoch' && event.task === 1 && event.epoch === 1) stop.abort();
    };
    const stopped = runExperiment(
      { ...input, out, checkpointEvery: 'epoch' },
      { signal: stop.signal, onEvent },
    );
    await expect(stopped).rejects.toThrow();
    const { losses, accuracy, parametersDigest } = await resumeExperiment(out);
    expect({ losses, accuracy, parametersDigest }).toEqual({
      losses: whole.losses,
      accuracy: whole.accuracy,
      parametersDigest: whole.parametersDigest,
    });
  });

  test('whose outputs grow is resumed bit for bit, within a task and between two', async () => {
    const input = { ...small, scenario: 'class', outputs: 'grow', optimizerState: 'keep' } as const;
    const whole = await runExperiment(input);
    for (const epoch of [0, 2]) {
      const out = `${folder}/stopped-grown-${epoch}`;
      const stop = new AbortController();
      const onEvent = (event: RunEvent): void => {
        if (event.type === 'epoch' && event.task === 1 && event.epoch === epoch) stop.abort();
      };
      const stopped = { ...input, out, checkpointEvery: epoch === 0 ? 'task' : 'epoch' } as const;
      await expect(runExperiment(stopped, { signal: stop.signal, onEvent })).rejects.toThrow();
      const { losses, accuracy, parametersDigest } = await resumeExperiment(out);
      expect({ losses, accuracy, parametersDigest }).toEqual({
        losses: whole.losses,
        accuracy: whole.accuracy,
        parametersDigest: whole.parametersDigest,
      });
    }
  });

  test('and joint training in a last layer that grows, too', async () => {
    const input = { ...small, scenario: 'class', epochs: 20, batchSize: 5, learningRate: 0.01 } as const;
    const { strategy: _, memorySize: __, ...common } = { ...input, hidden: [32] };
    const { accuracy } = await runExperiment({ ...common, strategy: 'joint', outputs: 'grow' });
    expect(Math.min(...(accuracy.at(-1) ?? [0]))).toBeGreaterThan(80);
  });

  test('is refused before any work where a task has no batch', async () => {
    const out = `${folder}/no-batch`;
    const input = { ...small, batchSize: 30, lastBatch: 'drop', out } as const;
    await expect(runExperiment(input)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(readFile(join(out, 'config.json'))).rejects.toThrow();
  });

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

describe('padding', () => {
  const common = {
    strategy: 'baseline',
    tasks: 3,
    hidden: [8],
    epochs: 2,
    batchSize: 7,
    device: 'cpu',
    threads: 1,
  } as const;

  /** The same images with a black frame, as files. */
  async function framed(from: string, to: string): Promise<void> {
    await cp(from, to, { recursive: true });
    for (const part of ['train', 't10k']) {
      const file = `${part}-images-idx3-ubyte`;
      const bytes = await readFile(join(from, file));
      const rows = bytes.readUInt32BE(4);
      const values = Array.from({ length: rows * 24 }, (_, place) => {
        const [row, y, x] = [Math.floor(place / 24), (Math.floor(place / 6) % 4) - 1, (place % 6) - 1];
        return y < 0 || y > 1 || x < 0 || x > 3 ? 0 : (bytes[16 + row * 8 + y * 4 + x] ?? 0);
      });
      await writeFile(join(to, file), idx([rows, 4, 6], values));
    }
  }

  test.each(['permuted', 'rotated', 'split'] as const)(
    'of %s is a data set with a frame, bit for bit',
    async (benchmark) => {
      const frame = join(folder, `framed-${benchmark}`);
      await framed(dataDir, frame);
      const padded = await runExperiment({ ...common, benchmark, dataDir, padding: 1 });
      const made = await runExperiment({ ...common, benchmark, dataDir: frame });
      expect(padded.losses).toEqual(made.losses);
      expect(padded.accuracy).toEqual(made.accuracy);
    },
  );

  test('and classes of a split stream: predict says of each test image what the run measured', async () => {
    const out = join(folder, 'predicted');
    const { accuracy } = await runExperiment({
      ...common,
      benchmark: 'split',
      dataDir,
      padding: 1,
      epochs: 8,
      out,
    });
    const { labels } = await predictImages(out, join(dataDir, 't10k-images-idx3-ubyte'));
    const truth = (await readFile(join(dataDir, 't10k-labels-idx1-ubyte'))).subarray(8);
    const right = [0, 1, 2].map((task) => {
      const rows = [...truth.keys()].filter((row) => Math.floor((truth[row] ?? 0) / 2) === task);
      return (100 * rows.filter((row) => labels[row] === truth[row]).length) / rows.length;
    });
    expect(right).toEqual(accuracy.at(-1));
  });
});

test('split-digits, which needs no download, is learnt whole', async () => {
  const input = {
    strategy: 'er',
    benchmark: 'split-digits',
    examplesPerClass: 50,
    memorySize: 40,
    epochs: 3,
    batchSize: 16,
  } as const;
  const { accuracy, accuracyTaskAware, config } = await runExperiment({
    ...input,
    hidden: [50],
    device: 'cpu',
    threads: 1,
  });
  expect(config).toMatchObject({ dataset: 'digits', scenario: 'class', tasks: 5 });
  expect(accuracy[0]?.[0]).toBeGreaterThan(95);
  expect(Math.min(...(accuracyTaskAware?.at(-1) ?? [0]))).toBeGreaterThan(70);
});
