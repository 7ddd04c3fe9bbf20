import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readIdx } from '../../lib/datasets/formats/idx.js';
import { predictImages } from '../../lib/prediction/index.js';
import { strategies } from '../../lib/strategies/index.js';
import type { StrategyDefinition } from '../../lib/training/definition.js';
import gates from '../fixtures/gates.json' with { type: 'json' };
import methods from '../fixtures/methods.json' with { type: 'json' };
import replay from '../fixtures/replay.json' with { type: 'json' };
import { runLikePython, writeScenarioData } from '../support/scenarios.js';

// Each method beside a program that is written from its formula in stock PyTorch (test/reference/make_methods.py,
// make_replay.py and make_gates.py): three tasks, 198 steps, or as many as a memory of their examples has.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-methods-'));
  await writeScenarioData(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const task = { scenario: 'task', outputs: 'seen' } as const;

describe.each(['autograd', 'fused'] as const)('%s', (engine) => {
  // The fused engine has no gates.
  const runs = [...methods.runs, ...replay.runs, ...(engine === 'autograd' ? gates.runs : [])];
  test.each(runs.map((run) => [run.strategy, run.options, run] as const))(
    '%s %o: every loss is near PyTorch’s, every accuracy the same',
    async (strategy, options, expected) => {
      const { losses, result } = await runLikePython(task, folder, engine, {
        strategy,
        ...options,
        epochs: 11,
      });
      const differences = losses
        .flat()
        .map((loss, step) => Math.abs(loss - (expected.losses[step] ?? Number.NaN)));
      expect(losses.flat()).toHaveLength(expected.losses.length);
      expect(Math.max(...differences)).toBeLessThan(1e-4);
      expect(result.accuracy).toEqual(expected.accuracy);
    },
  );

  // Of the seven units each task is to leave some.
  const holding = [{ strategy: 'packnet' }, { strategy: 'hat', capacityStrength: 0.1, embeddingRate: 0.02 }];
  test.each(holding.slice(0, engine === 'autograd' ? 2 : 1))(
    '$strategy forgets nothing, to the digit: what is held moves by no momentum and no weight decay',
    async (method) => {
      const optimizer = { optimizer: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 };
      const { result } = await runLikePython(task, folder, engine, {
        ...method,
        ...optimizer,
        epochs: 5,
      });
      const [first = [], second = [], third = []] = result.accuracy;
      expect(third.slice(0, 2)).toEqual([first[0], second[1]]);
      expect(second[0]).toBe(first[0]);
      expect(Math.min(...third)).toBeGreaterThan(60); // of two classes
    },
  );

  test('the sum of EWC’s penalties has the gradient of the penalties by themselves', async () => {
    const options = { strategy: 'ewc', strength: 20, epochs: 11 };
    const [sum, separate] = await Promise.all(
      ['sum', 'separate'].map((form) => runLikePython(task, folder, engine, { ...options, form })),
    );
    expect(sum?.result.accuracy).toEqual(separate?.result.accuracy);
    const lasts = [sum, separate].map((run) => run?.losses.slice(22) ?? []);
    // Around other places: of the two losses of a step, one is the other and a number that is the same for all steps.
    const apart = lasts[0]?.flat().map((loss, step) => loss - (lasts[1]?.flat()[step] ?? Number.NaN)) ?? [];
    expect(Math.max(...apart) - Math.min(...apart)).toBeLessThan(1e-4);
    expect(Math.max(...apart)).toBeLessThan(-3e-4);
  });
});

const ofTasks = strategies.filter(({ scenarios = [] }: StrategyDefinition) => scenarios.join() === 'task');
describe.each(ofTasks.map(({ name }) => name))('the saved model of %s', (strategy) => {
  test('takes the images of each task for what the run itself measured', async () => {
    const out = join(folder, strategy);
    const { result } = await runLikePython(task, folder, 'fused', {
      ...{ strategy, epochs: 5, out },
      engine: 'auto',
    });
    const images = join(folder, 't10k-images-idx3-ubyte');
    const { values: labels } = await readIdx(join(folder, 't10k-labels-idx1-ubyte'), 'labels');
    for (const [number, classes] of [
      [3, 0],
      [5, 1],
      [4, 2],
    ].entries()) {
      const found = (await predictImages(out, images, { task: number })).labels;
      const rows = [...labels.keys()].filter((row) => classes.includes(labels[row] ?? -1));
      const right = rows.filter((row) => found[row] === labels[row]);
      expect((100 * right.length) / rows.length).toBe(result.accuracy[2]?.[number]);
    }
    await expect(predictImages(out, images)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('has weights for each of 3 tasks'),
    });
  });
});
