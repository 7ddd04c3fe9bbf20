import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NetworkSpec } from '../../binding.js';
import { loadModel } from '../../lib/checkpoint/model-file.js';
import { runExperiment } from '../../lib/index.js';
import { Session } from '../../lib/session/session.js';
import { weightsOf } from '../../lib/session/weights.js';
import { temporaryFolder } from '../support/libtorch.js';
import { mlpOf } from '../support/network.js';

async function started(network: NetworkSpec, seed = 7): Promise<number[][]> {
  using session = await Session.open({ device: 'cpu', threads: 1 });
  await session.createModel({ network, seed });
  return (await weightsOf(session)).parameters.map(({ data }) => [...data]);
}

const xavier = (widths: readonly number[]): NetworkSpec =>
  ({ ...mlpOf(widths), init: 'xavier' }) as NetworkSpec;

describe('Xavier’s initialisation', () => {
  test('is torch.nn.init.xavier_uniform_, layer by layer, with biases of zero', async () => {
    // By PyTorch 2.14.1 after torch.manual_seed(7).
    const expected = [
      [
        0.0765114575624466, -0.6598891615867615, 0.34881535172462463, 0.3437293767929077, -0.5854901075363159,
        -0.16418224573135376,
      ],
      [
        -0.5858279466629028, 0.25947272777557373, -0.26936769485473633, 0.7025367021560669,
        0.7098863124847412, 0.10187041759490967, -0.42632198333740234, -0.587361216545105,
      ],
    ];
    const [first, firstBias, second, secondBias] = await started(xavier([3, 2, 4]));
    expect([first, second]).toEqual(expected.map((numbers) => numbers.map(Math.fround)));
    expect([firstBias, secondBias]).toEqual([
      [0, 0],
      [0, 0, 0, 0],
    ]);
  });

  test('fills its range evenly, and another than the default’s', async () => {
    const [weights = []] = await started(xavier([300, 100, 10]));
    const bound = Math.sqrt(6 / 400);
    const variance = weights.reduce((sum, weight) => sum + weight * weight, 0) / weights.length;
    expect(Math.max(...weights.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
    expect(Math.max(...weights.map(Math.abs))).toBeGreaterThan(0.999 * bound);
    expect(variance / (bound * bound)).toBeCloseTo(1 / 3, 2);
    const [default_ = []] = await started(mlpOf([300, 100, 10]));
    expect(Math.max(...default_.map(Math.abs))).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(300)));
  });

  test('is that of the outputs that a head gets later', async () => {
    using session = await Session.open({ device: 'cpu', threads: 1 });
    await session.createModel({ network: xavier([12, 8, 3]), seed: 7 });
    await session.growHead(5);
    const [, , weights, biases] = (await weightsOf(session)).parameters.map(({ data }) => [...data]);
    const fresh = weights?.slice(3 * 8) ?? [];
    const bound = Math.sqrt(6 / (8 + 5));
    expect(fresh.every((value) => Math.abs(value) <= Math.fround(bound))).toBe(true);
    expect(Math.max(...fresh.map(Math.abs))).toBeGreaterThan(1 / Math.sqrt(8)); // the default's bound
    expect(biases).toEqual([0, 0, 0, 0, 0]);
  });

  test('leaves the fused engine its network, also with outputs that grow, and is in the model’s file', async () => {
    const out = join(temporaryFolder(), 'run');
    const run = await runExperiment({
      ...{ strategy: 'baseline', benchmark: 'split-digits', scenario: 'class', outputs: 'grow', tasks: 2 },
      ...{ hidden: [8], init: 'xavier', epochs: 1, device: 'cpu', threads: 1, out },
    });
    expect(run.environment.engine).toBe('fused');
    const { network } = await loadModel(join(out, 'model.safetensors'));
    expect(network).toMatchObject({ hidden: [8], init: 'xavier', classes: 4 });
  });
});
