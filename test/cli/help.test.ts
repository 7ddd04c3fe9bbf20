import { describe, expect, test } from 'vitest';
import { describeOptions } from '../../lib/config/parse.js';
import { strategyNames } from '../../lib/strategies/index.js';
import { clTorchHere } from './here.js';

const help = async (...args: string[]): Promise<string> => {
  const { status, stdout, stderr } = await clTorchHere([...args, '--help']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
};

/** The flags in the order in which help has them. */
const flagsIn = (text: string): string[] =>
  [...text.matchAll(/^ {2}(?:-h, )?(--[\w-]+)/gm)].map(([, flag]) => flag ?? '');

test('run --help lists every strategy with a line on it', async () => {
  const text = await help('run');
  for (const name of strategyNames) {
    const line = text.split('\n').find((each) => each.startsWith(`  ${name} `)) ?? '';
    expect(line.length).toBeGreaterThan(name.length + 20);
    expect(line.length).toBeLessThanOrEqual(80);
  }
});

describe('run STRATEGY --help', () => {
  test.each([...strategyNames])('%s: its own options first, and none of another strategy', async (name) => {
    const text = await help('run', name);
    expect(text).toContain(`Usage: cl-torch run ${name} [options]\n\n${name}: `);
    const options = describeOptions().filter(
      ({ owners, isOfStrategy }) =>
        !isOfStrategy || owners.length === 0 || owners.some((owner) => owner === name),
    );
    const own = options
      .filter(({ owners, isOfStrategy }) => isOfStrategy && owners.length > 0)
      .map(({ flag }) => flag);
    const flags = flagsIn(text).filter((flag) => options.some((option) => option.flag === flag));
    expect(new Set(flags)).toEqual(new Set(options.map(({ flag }) => flag)));
    expect(new Set(flags.slice(0, own.length))).toEqual(new Set(own));
    const others = describeOptions().filter(({ flag }) => !options.some((option) => option.flag === flag));
    for (const { flag } of others) expect(flagsIn(text)).not.toContain(flag);
  });

  test('has the default that holds for the strategy', async () => {
    const rehearsal = async (name: string): Promise<string> =>
      /--rehearsal [\s\S]*?default\s+(\d+)/.exec(await help('run', name))?.[1] ?? '';
    expect([await rehearsal('lfd'), await rehearsal('er')]).toEqual(['0', '64']);
  });

  test('is grouped under headings', async () => {
    const headings = (await help('run', 'er')).match(/^[A-Z][\w ]+( \(of .*\))?:$/gm);
    expect(headings).toEqual([
      'Published settings (of er, der, derpp, agem, gdumb, icarl, lfd, ewc, si, lwf, hat):',
      'Memory and rehearsal (of er, er-ace, mir, der, derpp, agem, gem, gdumb, icarl, lfd):',
      'Memory and rehearsal (of er, er-ace, mir, der, derpp, agem, gem, gdumb, lfd):',
      'Memory and rehearsal (of er, lfd):',
      'Memory and rehearsal (of er):',
      'Tasks and data:',
      'Tasks and data (of permuted-mnist, permuted):',
      'Tasks and data (of rotated-mnist, rotated):',
      'Tasks and data (of split-mnist, split-fashion-mnist, split-kmnist, split-digits, split-cifar10, split-cifar100, split-cub200, split):',
      'Network and training:',
      'Network and training (of mlp, cnn):',
      'Network and training (of mlp):',
      'Network and training (of mlp, resnet18):',
      'Network and training (of cnn):',
      'Network and training (of resnet18):',
      'Machine:',
      'Output:',
      'Examples:',
    ]);
  });
});

test('every command tells the exit status of every end', async () => {
  for (const args of [[], ['run'], ['compare'], ['data', 'download']]) {
    const text = await help(...args);
    for (const code of [0, 1, 2, 129, 130, 131, 141, 143, 152])
      expect(text).toMatch(new RegExp(`\\b${code} `));
  }
});
