import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadNative } from '../../lib/session/native.js';
import { type PythonNetworks, trainLikePython } from '../support/networks.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('make_networks.py', import.meta.url));

function trainedByPython(): PythonNetworks {
  const asked = { encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const { status, stdout, stderr } = spawnSync(python, [script, '--full'], asked);
  if (status !== 0) throw new Error(`${python} failed:\n${stderr}`);
  return JSON.parse(stdout) as PythonNetworks;
}

const expected = trainedByPython();

test.each(expected.cases.map((of) => [`${of.kind} ${of.norm ?? ''} by ${of.optimizer}`, of] as const))(
  '%s: every first number, loss, parameter, running statistic, output and gradient is PyTorch’s',
  async (_name, of) => {
    expect((await loadNative()).runtimeInfo().cpuCapability).toBe(expected.cpuCapability);
    const { initial, losses, final, buffers, logits, gradients, estimated } = await trainLikePython(
      expected,
      of,
    );
    expect(losses).toEqual(of.losses);
    expect(logits).toEqual(of.logits);
    const numbers = { initial, final, buffers, gradients, ...(estimated ? { estimated } : {}) };
    for (const [what, tensors] of Object.entries(numbers) as [keyof typeof numbers, typeof initial][]) {
      expect(
        tensors.map(({ data }) => [...data]),
        what,
      ).toEqual(of[what]);
    }
  },
);
