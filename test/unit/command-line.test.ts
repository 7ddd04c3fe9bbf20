import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../lib/config/command-line.js';
import { describeOptions, parseConfig } from '../../lib/config/parse.js';
import type { ExperimentInput } from '../../lib/config/types.js';

/** What the command line would make of the words, by the shell's own rules. */
function inputOf(command: string): Record<string, unknown> {
  const printed = execFileSync('/bin/sh', [
    '-c',
    `printf '%s\\n' ${command.replace(/^npx cl-torch run /, '')}`,
  ]);
  const [strategy, ...words] = printed.toString().trimEnd().split('\n');
  const input: Record<string, unknown> = { strategy };
  for (let i = 0; i < words.length; i += 2) {
    const option = describeOptions().find(({ flag }) => flag === words[i]);
    const text = words[i + 1] ?? '';
    const number = (part: string): unknown => (Number.isNaN(Number(part)) ? part : Number(part));
    const value =
      option?.form === 'numbers'
        ? text.split(',').map(Number)
        : option?.form === 'number'
          ? number(text)
          : text;
    input[option?.key ?? `unknown flag ${words[i]}`] = value;
  }
  return input;
}

describe('the command that makes a run again', () => {
  test.each<ExperimentInput>([
    { strategy: 'baseline' },
    { strategy: 'lfd', tasks: 3, epochs: 2, hidden: [100, 50], seed: 7, threads: 1 },
    { strategy: 'er', memorySize: 500, learningRate: 0.01, validation: 5000, dataset: 'fashion-mnist' },
    { strategy: 'er+lfd', ratios: [0.5, 1], lambdaClamp: [0, 1], evaluateAll: 'on' },
    { strategy: 'lfd', preset: 'reference', tasks: 2 },
    { strategy: 'packnet', benchmark: 'split-mnist', scenario: 'task' },
    { strategy: 'ewc', preset: 'split-mnist-class', benchmark: 'split-mnist' },
    { strategy: 'joint', dataDir: "/data/it's my own; $(set)", device: 'cpu', engine: 'autograd' },
  ])('%j', (input) => {
    const config = parseConfig(input);
    const command = commandLine({ config });
    expect(parseConfig(inputOf(command ?? ''))).toEqual(config);
  });

  test('names no preset that is the strategy’s default', () => {
    const config = parseConfig({ strategy: 'ewc', strength: 3 });
    expect(commandLine({ config })).toBe('npx cl-torch run ewc --seed 2024 --strength 3');
  });

  test('names nothing that is at its default, and nothing of where it was kept', () => {
    const config = parseConfig({
      strategy: 'er',
      out: '/tmp/x',
      checkpointEvery: 'off',
      epochs: 5,
      tasks: 2,
    });
    expect(commandLine({ config })).toBe('npx cl-torch run er --seed 2024 --tasks 2');
  });

  test('has the threads that were used, and all seeds', () => {
    const config = parseConfig({ strategy: 'er' });
    expect(commandLine({ config, threads: 4, seeds: [1, 2, 3] })).toBe(
      'npx cl-torch run er --seeds 1,2,3 --threads 4',
    );
  });

  test('is none for a custom strategy', () => {
    const config = { ...parseConfig({ strategy: 'er' }), strategy: 'mine' as never };
    expect(commandLine({ config })).toBeNull();
  });
});
