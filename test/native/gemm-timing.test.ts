import { describe, expect, test } from 'vitest';
import type { GemmOptions, NetworkSpec } from '../../binding.js';
import { loadNative } from '../../lib/session/native.js';

const { timeGemm } = await loadNative();

const mlp: NetworkSpec = { kind: 'mlp', input: [20], hidden: [30], classes: 10 };
const epoch: GemmOptions = {
  network: mlp,
  rows: 100,
  batchSize: 32,
  precision: 'fp32',
  device: 'cpu',
  threads: 1,
};

describe('timing the GEMMs of an epoch', () => {
  test.each([1, 2])('on %d thread(s): how long they take, and how much they compute', (threads) => {
    const { libtorchSeconds, ownSeconds, operations } = timeGemm({ ...epoch, threads });
    expect(libtorchSeconds).toBeGreaterThan(0);
    expect(ownSeconds).toBeGreaterThan(0);
    // Forward and for the weights' gradients in each layer; for the inputs' gradients in all but the first.
    const multiplications = 100 * (2 * 20 * 30 + 3 * 30 * 10);
    expect(operations).toBe(2 * multiplications);
  });

  test('of fewer rows than a batch', () => {
    expect(timeGemm({ ...epoch, rows: 5 }).operations).toBe(2 * 5 * (2 * 20 * 30 + 3 * 30 * 10));
  });

  test.each<[string, object]>([
    ['network', { network: 3 }],
    ['hidden', { network: { ...mlp, hidden: [0] } }],
    ['cnn', { network: { ...mlp, kind: 'cnn' } }],
    ['rows', { rows: 0 }],
    ['batchSize', { batchSize: 1.5 }],
    ['precision', { precision: 'fp64' }],
    ['precision', { precision: 'bf16' }],
    ['device', { device: 3 }],
    ['threads', { threads: 0 }],
  ])("refuses, and names '%s': %o", (name, wrong) => {
    expect(() => timeGemm({ ...epoch, ...wrong })).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(name) as string,
      }),
    );
  });

  test('refuses a device that is not there', () => {
    expect(() => timeGemm({ ...epoch, device: 'cuda:99' })).toThrow(
      expect.objectContaining({ code: 'DEVICE_UNAVAILABLE' }),
    );
  });
});
