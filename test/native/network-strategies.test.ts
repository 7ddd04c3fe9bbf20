import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ExperimentInput, resumeExperiment, runExperiment } from '../../lib/index.js';
import { strategies } from '../../lib/strategies/index.js';
import type { StrategyDefinition } from '../../lib/training/definition.js';
import { temporaryFolder } from '../support/libtorch.js';
import { modelIn, timeless } from '../support/runs.js';

// Every built-in strategy on every network of images, in every scenario that it is made for: a new one is tried without a
// line here.

const networks = [
  { network: 'cnn', channels: [2], hidden: [4] },
  { network: 'resnet18', width: 2 },
] as const;

/** Of the options of single strategies, what makes a run short. */
const short: Readonly<Record<string, unknown>> = {
  memorySize: 6,
  fisherSamples: 3,
  importanceSamples: 3,
  directionIterations: 1,
  lambdaIterations: 1,
};

function inputOf(strategy: StrategyDefinition, more: object): ExperimentInput {
  const own = Object.entries(short).filter(([key]) => Object.hasOwn(strategy.options ?? {}, key));
  return {
    ...{ strategy: strategy.name, benchmark: 'split-digits', tasks: 2, epochs: 1, examplesPerClass: 6 },
    ...{ batchSize: 6, lastBatch: 'drop', device: 'cpu', threads: 1 },
    ...Object.fromEntries(own),
    ...more,
  } as unknown as ExperimentInput;
}

/** These have to do with units of hidden layers, and say where there are none such. */
function isWithoutUnits({ name }: StrategyDefinition, { network }: (typeof networks)[number]): boolean {
  return ['xdg', 'hat'].includes(name) && network === 'resnet18';
}

const all: readonly StrategyDefinition[] = strategies;
const scenarios = ['task', 'domain', 'class'] as const;

describe.each(all.map((strategy) => [strategy.name, strategy] as const))('%s', (_, strategy) => {
  test.each(networks)('learns two tasks with %o in each of its scenarios', async (network) => {
    for (const scenario of strategy.scenarios ?? scenarios) {
      const run = runExperiment(inputOf(strategy, { ...network, scenario }));
      if (isWithoutUnits(strategy, network)) {
        await expect(run).rejects.toThrow('this network has none');
        continue;
      }
      const { accuracy, losses } = await run;
      expect(accuracy.map((row) => row.length)).toEqual([1, 2]);
      expect([...accuracy.flat(), ...losses.flat()].every(Number.isFinite), scenario).toBe(true);
    }
  });

  test('is resumed bit for bit with a ResNet18, running statistics included', async () => {
    if (isWithoutUnits(strategy, networks[1])) return;
    const folder = temporaryFolder();
    const [scenario = 'class'] = strategy.scenarios ?? [];
    const input = inputOf(strategy, { ...networks[1], scenario, checkpointEvery: 'epoch' });
    const whole = await runExperiment({ ...input, out: join(folder, 'whole') });
    const out = join(folder, 'stopped');
    const controller = new AbortController();
    let epochs = 0;
    const stopped = runExperiment(
      { ...input, out },
      {
        signal: controller.signal,
        onEvent: ({ type }) => type === 'epoch' && ++epochs === 2 && controller.abort(),
      },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(timeless(await resumeExperiment(out))).toEqual(timeless(whole));
    expect(await modelIn(out)).toEqual(await modelIn(join(folder, 'whole')));
  });
});
