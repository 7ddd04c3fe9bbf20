import { describe, expect, test } from 'vitest';
import { commandLine } from '../../lib/config/command-line.js';
import { parseConfig } from '../../lib/config/parse.js';
import { machineOf } from '../../lib/config/presets.js';
import type { CustomExperimentInput, ExperimentInput } from '../../lib/config/types.js';
import { planExperiment, planKept } from '../../lib/runs/plan.js';
import { strategies } from '../../lib/strategies/index.js';
import type { StrategyDefinition } from '../../lib/training/definition.js';

const withSettings = (strategies as readonly StrategyDefinition[]).flatMap(({ name, presets = {} }) =>
  Object.entries(presets).flatMap(([preset, { setting }]) =>
    setting ? [[name, preset, setting] as const] : [],
  ),
);

const parse = (input: object): Record<string, unknown> => ({ ...parseConfig(input) });

describe('a preset with a setting', () => {
  test.each(withSettings)(
    '%s --preset %s brings all of it, and is the same when it is read back',
    (strategy, preset, setting) => {
      const config = parse({ strategy, preset });
      expect(config).toMatchObject(setting);
      expect(parse(config)).toEqual(config);
    },
  );

  test('gives way to what is given', () => {
    const given = { strategy: 'er', preset: 'split-mnist-500', learningRate: 0.7, iterations: 40 };
    const config = parse(given);
    expect(config).toMatchObject({ ...given, batchSize: 10, hidden: [100, 100], scenario: 'class' });
    expect(config).not.toHaveProperty('epochs');
    expect(parse({ strategy: 'er', preset: 'split-mnist-class', epochs: 2 })).not.toHaveProperty(
      'iterations',
    );
  });

  test('that is no text is refused as any other value is', () => {
    for (const preset of [Object.create(null), Symbol('s'), 7, ['split-mnist-500']]) {
      expect(() => parse({ strategy: 'er', preset })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('preset') }),
      );
    }
  });

  test('of a network with options of its own leaves these out of another network', () => {
    const other = parse({ strategy: 'gdumb', preset: 'split-mnist-300', network: 'resnet18' });
    expect(other).toMatchObject({ network: 'resnet18', epochs: 128 });
    expect(other).not.toHaveProperty('bias');
    expect(other).not.toHaveProperty('hidden');
  });

  test('does not count on another benchmark, nor its network’s widths in another network', () => {
    const elsewhere = parse({ strategy: 'er', preset: 'split-mnist-500', benchmark: 'permuted-mnist' });
    expect(elsewhere).toEqual({
      ...parse({ strategy: 'er', memorySize: 500, memorySelection: 'reservoir', rehearsal: 10 }),
      preset: 'split-mnist-500',
    });
    const other = parse({ strategy: 'er', preset: 'split-mnist-500', network: 'cnn' });
    expect(other).toMatchObject({
      network: 'cnn',
      batchSize: 10,
      hidden: parse({ strategy: 'er', network: 'cnn' }).hidden,
    });
  });

  test('still fixes the strategy’s own options', () => {
    expect(() => parse({ strategy: 'er', preset: 'split-mnist-500', memorySize: 100 })).toThrow(
      'memorySize (--memory-size): preset "split-mnist-500" fixes it',
    );
  });

  test('is in the command that makes the run again', () => {
    const config = parseConfig({ strategy: 'derpp', preset: 'split-mnist-500', seed: 3 } as ExperimentInput);
    expect(commandLine({ config })).toBe(
      'npx cl-torch run derpp --seed 3 --preset split-mnist-500 --benchmark split-mnist',
    );
  });

  test('is one strategy’s alone', () => {
    for (const [preset, owner] of [
      ['split-mnist-500', 'er'],
      ['reference', 'lfd'],
    ]) {
      expect(() => parse({ strategy: 'er+lfd', preset })).toThrow(
        `"${preset}" is a preset of ${owner} alone; found er+lfd`,
      );
    }
    expect(parse({ strategy: 'er+lfd' }).preset).toBe('complete');
  });
});

test('an engine is asked to clip where a gradient has a largest norm', () => {
  const definition = strategies.find(({ name }) => name === 'gdumb') as StrategyDefinition;
  const asked = (input: object): unknown =>
    machineOf(definition, parse({ strategy: 'gdumb', ...input }) as never).clipsGradient;
  expect(asked({})).toBe(false);
  expect(asked({ clipGradient: 2 })).toBe(true);
  expect(asked({ preset: 'split-mnist-300' })).toBe(true);
});

describe('a configuration that was written down', () => {
  const all = (strategies as readonly StrategyDefinition[]).flatMap(({ name, presets = {} }) =>
    Object.keys(presets).map((preset) => [name, preset] as const),
  );
  const written = (config: object): CustomExperimentInput => JSON.parse(JSON.stringify(config));

  test.each(all)('%s --preset %s: is planned as it was', (strategy, preset) => {
    const { config, machine } = planExperiment({ strategy, preset } as unknown as ExperimentInput);
    expect(planKept(written(config))).toMatchObject({ config, machine });
  });

  test('lacks an option that is newer than it: the run has its default, not what the preset stands for now', () => {
    const { config } = planExperiment({ strategy: 'lwf', preset: 'split-mnist' });
    const { outputReduction: _, ...earlier } = written(config) as unknown as Record<string, unknown>;
    expect(planKept(earlier as unknown as CustomExperimentInput).config).toMatchObject({
      preset: 'split-mnist',
      weighting: 'tasks',
      outputReduction: 'sum',
    });
  });

  test('has another value than its preset stands for now: that of the run', () => {
    const { config } = planExperiment({ strategy: 'lwf', preset: 'split-mnist' });
    const earlier = { ...written(config), outputReduction: 'sum' } as unknown as CustomExperimentInput;
    expect(planKept(earlier).config).toMatchObject({ preset: 'split-mnist', outputReduction: 'sum' });
  });
});
