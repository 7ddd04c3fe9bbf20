import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadNative } from '../../lib/session/native.js';
import { outcomeOf } from '../support/child.js';
import { traceExperiment } from '../support/experiment.js';
import { MNIST } from '../support/mnist.js';
import { METHODS } from '../support/parity.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('../../scripts/reference.py', import.meta.url));

interface Reference {
  readonly torch: string;
  readonly cpuCapability: string;
  readonly losses: number[];
  readonly accuracy: number[][];
}

async function reference(method: string, options: Record<string, string | number>): Promise<Reference> {
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const outcome = await outcomeOf(spawn(python, [script, method, ...flags]));
  if (outcome.status !== 0) throw new Error(`${python} failed:\n${outcome.stderr}`);
  return JSON.parse(outcome.stdout) as Reference;
}

test('Python has the torch that the addon was built for', async () => {
  const { stdout, stderr } = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], {
    encoding: 'utf8',
  });
  const { libtorch } = (await loadNative()).runtimeInfo();
  expect(
    stdout.trim().split('+')[0],
    `Set CL_TORCH_PYTHON to a Python with torch ${libtorch}; '${python}' said: ${stderr}`,
  ).toBe(libtorch);
});

const cases = (['baseline', 'lfd'] as const).flatMap((method) =>
  [1, 2].map((threads) => ({ method, threads })),
);

describe.each(cases)('$method, 3 tasks × 2 epochs, $threads thread(s)', ({ method, threads }) => {
  test('the first 200 losses and every accuracy are equal', async () => {
    const options = { tasks: 3, epochs: 2, threads };
    const expected = await reference(method, { ...options, losses: 200, data: MNIST });
    const actual = await traceExperiment({ ...METHODS[method], ...options, device: 'cpu' }, {});
    expect(actual.environment).toMatchObject({ deviceName: expected.cpuCapability, threads });
    expect(actual.losses.slice(0, 200)).toEqual(expected.losses);
    expect(actual.accuracy).toEqual(expected.accuracy);
  });
});
