import { expect, test } from 'vitest';
import { loadNative } from '../../lib/session/native.js';
import { trainedByPython, trainLikePython } from '../support/networks.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const expected = await trainedByPython(python);

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
