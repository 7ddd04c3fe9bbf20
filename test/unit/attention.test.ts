import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import { drawEmbedding, useOf } from '../../lib/strategies/architecture/attention.js';

const tensor = (name: string, shape: number[], values?: number[]) => ({
  name,
  shape,
  data: Float32Array.from(values ?? new Array(shape.reduce((size, extent) => size * extent, 1)).fill(0)),
});
const network = (units: number, numbers?: { hidden: number[]; outputs: number[] }) => [
  tensor('layers.0.weight', [units, 3]),
  tensor('layers.0.bias', [units], numbers?.hidden),
  tensor('layers.1.weight', [4, units]),
  tensor('layers.1.bias', [4], numbers?.outputs),
];

describe('the embedding of a task', () => {
  test('is a normal draw for each hidden unit, and nothing elsewhere', () => {
    const drawn = drawEmbedding(network(4000), { seed: 3, task: 1 });
    for (const other of [0, 2, 3]) expect(drawn[other]?.every((value) => value === 0)).toBe(true);
    const values = [...(drawn[1] ?? [])];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(4000));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000));
    const within = values.filter((value) => Math.abs(value) < 1).length / values.length;
    expect(Math.abs(within - 0.6827)).toBeLessThan(0.04);
  });

  test('is the same for a seed and a task, another one for others', () => {
    const one = drawEmbedding(network(5), { seed: 3, task: 1 });
    expect(drawEmbedding(network(5), { seed: 3, task: 1 })).toEqual(one);
    expect(drawEmbedding(network(5), { seed: 3, task: 0 })).not.toEqual(one);
    expect(drawEmbedding(network(5), { seed: 4, task: 1 })).not.toEqual(one);
  });
});

test('a unit is held as far as the widest open of its gates, an output of a task that is learnt in full', () => {
  const before = network(4, { hidden: [0, 1, 0.25, 0.75], outputs: [1, 0, 0, 0] });
  const embedding = network(4, { hidden: [6, -6, 0, 0], outputs: [9, 9, 9, 9] });
  const { used, percent } = useOf(before, embedding, { steepness: 400, labels: Uint8Array.of(2, 1, 2) });
  expect([...(used[1] ?? [])]).toEqual([1, 1, 0.5, 0.75]);
  expect([...(used[3] ?? [])]).toEqual([1, 1, 1, 0]);
  expect([...(used[0] ?? []), ...(used[2] ?? [])].every((value) => value === 0)).toBe(true);
  expect(percent).toBe(81.25);
});

describe('hat', () => {
  const input = { strategy: 'hat', benchmark: 'split-mnist', scenario: 'task' } as const;

  test.each([
    [{ network: 'resnet18' }, 'this network has none such; take an mlp or a cnn'],
    [{ bias: 'off' }, 'bias (--bias): with the strategy hat'],
    [{ norm: 'batch' }, 'norm (--norm): with the strategy hat'],
    [{ freeze: 'layers.0' }, 'freeze (--freeze): with the strategy hat'],
  ] as const)('refuses %o, and says why', (more, text) => {
    expect(() => parseConfig({ ...input, ...more })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) }),
    );
  });

  test('takes multilayer perceptrons, whatever their activation and dropout, and convolutions', () => {
    for (const more of [{ activation: 'tanh', dropout: 0.5 }, { network: 'cnn' }] as const) {
      expect(parseConfig({ ...input, ...more }).strategy).toBe('hat');
    }
  });
});
