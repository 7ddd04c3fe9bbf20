import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import { drawGates } from '../../lib/strategies/architecture/gates.js';

const tensor = (name: string, shape: number[]) => ({
  name,
  shape,
  data: new Float32Array(shape.reduce((size, extent) => size * extent, 1)),
});
const network = [
  tensor('convolutions.0.weight', [3, 1, 2, 2]),
  tensor('convolutions.0.bias', [3]),
  tensor('layers.0.weight', [10, 4]),
  tensor('layers.0.bias', [10]),
  tensor('norms.0.weight', [10]),
  tensor('layers.1.weight', [6, 10]),
  tensor('layers.1.bias', [6]),
];
const choice = { gated: 0.35, seed: 7, task: 0 };

describe('the gates of a task', () => {
  test('take whole units of hidden linear layers, with all that belongs to them, and nothing else', () => {
    const gates = drawGates(network, choice);
    const off = [...(gates[3] ?? [])].flatMap((open, unit) => (open === 0 ? [unit] : []));
    expect(off).toHaveLength(3); // of 10 units 35 percent, rounded down
    for (const [tensor, values] of gates.entries()) {
      const width = values.length / (network[tensor]?.shape[0] ?? 1);
      const expected = [2, 3, 4].includes(tensor) ? off : [];
      for (const [at, open] of values.entries()) {
        expect(open).toBe(expected.includes(Math.floor(at / width)) ? 0 : 1);
      }
    }
  });

  test('are the same for a seed and a task, others for another task', () => {
    expect(drawGates(network, choice)).toEqual(drawGates(network, choice));
    expect(drawGates(network, { ...choice, task: 1 })).not.toEqual(drawGates(network, choice));
    expect(drawGates(network, { ...choice, seed: 8 })).not.toEqual(drawGates(network, choice));
  });

  test('leave all open where there is no hidden linear layer, and xdg refuses such a network', () => {
    const all = drawGates(network.slice(-2), choice).map((gates) => gates.every((open) => open === 1));
    expect(all).toEqual([true, true]);
    const input = { strategy: 'xdg', benchmark: 'split-mnist', scenario: 'task' } as const;
    expect(() => parseConfig({ ...input, network: 'resnet18' })).toThrow(
      'xdg switches units of hidden linear layers off',
    );
    expect(parseConfig({ ...input, network: 'cnn' }).strategy).toBe('xdg');
  });
});
