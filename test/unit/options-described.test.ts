import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type BenchmarkName, benchmarks } from '../../lib/benchmarks/index.js';
import { describeOptions, parseConfig } from '../../lib/config/parse.js';
import type { ExperimentInput } from '../../lib/config/types.js';
import { networks } from '../../lib/networks/index.js';
import { strategyNames } from '../../lib/strategies/index.js';
import { scenarioOf } from '../support/scenario-of.js';

/** An option without a default, of the benchmarks that have it. */
function largerFirst(benchmark: BenchmarkName): object {
  return benchmark.startsWith('split') ? { firstTaskClasses: 3 } : {};
}

describe('describeOptions', () => {
  const options = describeOptions();
  const lib = new URL('../../lib/', import.meta.url);
  const paths = { dataDir: 'd', imageSize: 8, out: 'o' } as const;

  test('has the keys of all strategies, those without a default too', () => {
    const schedules = [
      { schedule: 'steps', milestones: [1] },
      { schedule: 'restarts', restartEpochs: 1 },
    ] as const;
    const configs = [
      parseConfig({ strategy: 'er+lfd', ...paths, lambdaClamp: [0, 1], layers: 'head' }),
      parseConfig({ strategy: 'lfd', directionPasses: 1, lambdaPasses: 1, clipGradient: 1 }),
      ...schedules.map((schedule) => parseConfig({ strategy: 'er', ...schedule })),
      parseConfig({ strategy: 'er', iterations: 1, weights: 'w', freeze: 'head', microBatchSize: 9 }),
      ...benchmarks.map(({ name: benchmark }) =>
        parseConfig({ strategy: 'er', benchmark, ...largerFirst(benchmark) }),
      ),
      ...networks.map(({ name: network }) => parseConfig({ strategy: 'er', network })),
      ...strategyNames.map((strategy) => parseConfig({ strategy, scenario: scenarioOf(strategy), ...paths })),
    ];
    const keys = new Set(configs.flatMap((config) => Object.keys(config)));
    expect(new Set(['strategy', ...options.map(({ key }) => key)])).toEqual(keys);
  });

  test('has the defaults that parseConfig fills in', () => {
    for (const { key, owners, isOfStrategy, defaultValue } of options) {
      if (key === 'scenario') continue; // the benchmark brings it
      const network = networks.find(({ name }) => name === owners[0])?.name;
      const benchmark = isOfStrategy || network ? undefined : owners[0];
      const strategy = (isOfStrategy && owners[0]) || 'er';
      const input = { strategy, benchmark, network, scenario: scenarioOf(strategy) } as ExperimentInput;
      const config: Record<string, unknown> = { ...parseConfig(input) };
      expect(config[key]).toEqual(defaultValue);
    }
  });

  test('names flags in kebab case', () => {
    const flags = Object.fromEntries(options.map(({ key, flag }) => [key, flag]));
    expect(flags).toMatchObject({
      tasks: '--tasks',
      batchSize: '--batch-size',
      permutationSeed: '--permutation-seed',
    });
  });

  test('says what the comments on the keys say', async () => {
    const rooms = ['config', 'training', 'strategies', 'benchmarks', 'networks'];
    const files = (await Promise.all(rooms.map((room) => readdir(new URL(room, lib), { recursive: true }))))
      .flatMap((names, i) => names.map((name) => `${rooms[i]}/${name}`))
      .filter((name) => name.endsWith('.ts'));
    const sources = await Promise.all(files.map((name) => readFile(new URL(name, lib), 'utf8')));
    const interfaces = sources.join('').match(/interface \w+Options\b[\s\S]*?\n}/g) ?? [];
    const comments = new Map<string, string[]>(); // an option of several strategies has a comment in each
    for (const [, text = '', key = ''] of interfaces
      .join('')
      .matchAll(/\/\*\* (.+) \*\/\n {2}readonly (\w+)\??:/g)) {
      comments.set(key, [...(comments.get(key) ?? []), text]);
    }
    const described = options.filter(({ key }) => key !== 'benchmark' && key !== 'network');
    const expected = described.map(({ key, description, defaultValue }) => {
      const shown = Array.isArray(defaultValue) ? `[${defaultValue.join(', ')}]` : String(defaultValue);
      const sentence = `${description.charAt(0).toUpperCase()}${description.slice(1)}.`;
      return [key, defaultValue === undefined ? sentence : `${sentence} Default ${shown}.`];
    });
    expect([...comments.keys()].sort()).toEqual(expected.map(([key]) => key).sort());
    for (const [key = '', sentence] of expected) expect(comments.get(key)).toContain(sentence);
  });
});
