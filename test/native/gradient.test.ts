import { describe, expect, test } from 'vitest';
import { gradientError, networks, openNetwork } from '../support/gradients.js';
import { autograd, fused } from '../support/trainings.js';

const cases = networks.flatMap((network) =>
  [autograd, fused].flatMap((arithmetic) =>
    [1, 2].map((threads) => ({
      network,
      layers: network.layers.join('-'),
      arithmetic,
      engine: arithmetic.engine,
      threads,
    })),
  ),
);

describe.each(cases)('$engine, $layers, $threads thread(s)', ({ network, arithmetic, threads }) => {
  test.each(network.batches)('loss and gradient of $rows example(s)', async (expected) => {
    const { session, view } = await openNetwork(network, arithmetic, { threads });
    using _ = session;
    const error = await gradientError(session, view, expected, { tolerance: 1e-4, floor: 1e-6 });
    expect(error.loss).toBeLessThan(1e-5);
    expect(error.gradient).toBeLessThanOrEqual(1);
  });
});

test('rows that are not there are refused, and so is no row at all', async () => {
  const [network] = networks;
  if (network === undefined) throw new Error('the fixture has no network');
  const { session, view } = await openNetwork(network, fused);
  using _ = session;
  await expect(session.gradient({ view, rows: Int32Array.of(0, 33) })).rejects.toThrow(/no row 33/);
  await expect(session.gradient({ view, rows: new Int32Array() })).rejects.toThrow(/at least one row/);
});
