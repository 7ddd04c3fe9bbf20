import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeOptions } from '../../lib/config/parse.js';
import { strategyNames } from '../../lib/strategies/index.js';
import { clTorch, clTorchTo, type Sandbox, sandbox } from './command.js';
import { clTorchHere } from './here.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** Where a run would fail with status 1 at its first look for data: a refusal must come before that. */
const nowhere = ['--data-dir', '/nonexistent'];

describe('help', () => {
  test('lists the commands', async () => {
    const { status, stdout, stderr } = await clTorch(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const command of ['run', 'doctor', 'build', 'data'])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('cl-torch run baseline');
  });

  test('of run has every option with its values and default', async () => {
    const { status, stdout } = await clTorch(['run', '--help']);
    expect(status).toBe(0);
    const text = stdout.replace(/\s+/g, ' ');
    for (const { flag, placeholder, expected } of describeOptions()) {
      expect(text).toContain(`${flag} <${placeholder}>`);
      expect(text).toContain(expected);
    }
    expect(text).toContain('--batch-size <N> images in a training or evaluation step');
    expect(text).toContain('default 256');
    expect(text).toContain('default 400,400,400');
    expect(text).not.toContain('undefined');
  });

  test('and the version do not need the addon', async () => {
    const env = { CL_TORCH_PREBUILD: '/nonexistent', LIBTORCH: '/nonexistent', CL_TORCH_NO_BUILD: '1' };
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await clTorch(['--version'], env)).toMatchObject({
      status: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
    expect(await clTorch(['run', '--help'], env)).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('wrong usage ends with status 2 and prints nothing on standard output', () => {
  test.each([
    [[], 'Usage: cl-torch'],
    [['rnu', 'baseline'], "error: unknown command 'rnu'\n(Did you mean run?)"],
    [['run'], "error: missing required argument 'strategy'"],
    [['run', 'baseline', '--epoch', '1'], "error: unknown option '--epoch'\n(Did you mean --epochs?)"],
    [['run', 'baseline', 'extra'], 'error: too many arguments'],
    [['run', 'baseline', '--tasks'], "error: option '--tasks <N>' argument missing"],
    [['run', 'sgd', ...nowhere], `strategy: expected one of ${strategyNames.join(', ')}, found 'sgd'`],
    [
      ['run', 'baseline', '--batch-size', 'x', ...nowhere],
      'batchSize (--batch-size): expected an integer from 1 to',
    ],
    [
      ['run', 'baseline', '--tasks', '0x', ...nowhere],
      "tasks (--tasks): expected an integer from 1 to 1000, found '0x'",
    ],
    [
      ['run', 'baseline', '--tasks', '', ...nowhere],
      "tasks (--tasks): expected an integer from 1 to 1000, found ''",
    ],
    [['run', 'baseline', '--hidden', '3,,4', ...nowhere], 'hidden[1] (--hidden): expected 1 to 16 integers'],
    [
      ['run', 'baseline', '--device', 'tpu', ...nowhere],
      'device (--device): expected auto, cpu, cuda or cuda:N',
    ],
    [
      ['run', 'baseline', '--config', '/nonexistent.json'],
      "configuration file '/nonexistent.json' cannot be used: there is no such file",
    ],
    [
      ['run', 'lfd', '--memory-size', '0', '--direction', 'random', ...nowhere],
      'memorySize (--memory-size): is 0, and the equilibrium point needs a memory',
    ],
    [
      ['run', 'lfd', '--preset', 'reference', '--alpha', '0.1', ...nowhere],
      'alpha (--alpha): preset "reference" fixes it',
    ],
    [['run', 'lfd', '--radius', '0', ...nowhere], 'radius (--radius): expected a number above 0'],
    [['run', 'lfd', '--ratios', '0.5,2', ...nowhere], 'ratios[1] (--ratios): expected 1 to 16 numbers'],
    [['data', 'download', 'cifar'], 'Allowed choices are mnist, fashion-mnist, kmnist'],
    [['data', 'verify', '--data-dir', '.'], 'error: --data-dir needs the name of the data set'],
  ])('%o', async (args, text) => {
    const { status, stdout, stderr } = await clTorchHere(args);
    expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('two problems are told at once, with the code', async () => {
    const { status, stderr } = await clTorch(['run', 'baseline', '--epochs', '0', '--beta1', '1']);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^error: The configuration has 2 problems:\n {2}- epochs .*\n {2}- beta1 .*\[CONFIG_INVALID\]\n$/,
    );
  });
});

describe('--config', () => {
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(box.folder, name);
    await writeFile(file, text);
    return file;
  };

  test.each([
    ['list.json', '[1]', 'it holds no JSON object'],
    ['broken.json', '{', 'JSON'],
    ['key.json', '{"batchsize": 3}', '"batchsize": unknown key; did you mean "batchSize"?'],
  ])('%s', async (name, text, problem) => {
    const { status, stderr } = await clTorch(['run', 'baseline', '--config', await write(name, text)]);
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
  });
});

describe('failure', () => {
  test('ends with status 1 and the code, without a stack', async () => {
    const { status, stdout, stderr } = await clTorch(['run', 'baseline', ...nowhere], { CL_TORCH_DEBUG: '' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error: The data set mnist was not found/);
    expect(stderr).toMatch(/\[DATA_NOT_FOUND\]\n$/);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('shows the stack with CL_TORCH_DEBUG=1', async () => {
    const { stderr } = await clTorch(['run', 'baseline', ...nowhere], { CL_TORCH_DEBUG: '1' });
    expect(stderr).toMatch(/^ +at .*\.js/m);
  });

  test('to write to standard output is told', async () => {
    const { status, stderr } = await clTorchTo('/dev/full', ['data', 'list']);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^error: Cannot write to standard output: ENOSPC: no space left on device\. Make free space .*\[OUTPUT_FAILED\]\n$/,
    );
  });
});
