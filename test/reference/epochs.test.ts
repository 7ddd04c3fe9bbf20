import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('../../scripts/epochs.py', import.meta.url));
const image = { input: [3, 9, 8], classes: 4 };

test.each([
  [{ kind: 'mlp', input: [12], classes: 4, hidden: [5], norm: 'batch' }, []],
  [{ kind: 'cnn', ...image, channels: [2, 3], kernel: 3, hidden: [5] }, []],
  [{ kind: 'cnn', ...image, channels: [2, 3], kernel: 3, hidden: [5] }, ['--channels-last']],
  [{ kind: 'resnet18', ...image, width: 2, stem: 32, norm: 'group' }, ['--channels-last']],
])('epochs of %j, %j, are measured in PyTorch', (network, flags) => {
  const numbers = '--batch-size 5 --examples 12 --epochs 3 --threads 1'.split(' ');
  const args = [script, '--network', JSON.stringify(network), ...numbers, ...flags];
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { epochSeconds } = JSON.parse(stdout) as { epochSeconds: number[] };
  expect(epochSeconds).toHaveLength(3);
  for (const seconds of epochSeconds) expect(seconds).toBeGreaterThan(0);
});
