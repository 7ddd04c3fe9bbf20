import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { float32sOf } from '../../lib/files/safetensors/format.js';
import { decodeTensors } from '../../lib/files/safetensors/read.js';
import { runExperiment } from '../../lib/index.js';
import { planExperiment } from '../../lib/runs/plan.js';
import { temporaryFolder } from '../support/libtorch.js';

const small = {
  benchmark: 'split-digits',
  tasks: 2,
  epochs: 2,
  examplesPerClass: 10,
  batchSize: 8,
  hidden: [7, 5],
  device: 'cpu',
  threads: 1,
} as const;

/** The tensors of a run's last checkpoint, by name. */
async function tensorsAfter(options: object): Promise<Map<string, Float32Array>> {
  const out = join(temporaryFolder(), 'run');
  await runExperiment({ ...small, ...options, out } as never);
  const { tensors } = decodeTensors(readFileSync(join(out, 'checkpoint.safetensors')));
  return new Map(
    [...tensors]
      .filter(([, { dtype }]) => dtype === 'F32')
      .map(([name, tensor]) => [name, float32sOf(tensor)]),
  );
}

const isZero = (data: Float32Array | undefined): boolean => data?.every((value) => value === 0) === true;
const names = [0, 1, 2].flatMap((layer) => [`layers.${layer}.weight`, `layers.${layer}.bias`]);
const lfd = { memorySize: 6, directionIterations: 3, directionBatchSize: 4, lambdaIterations: 3 };

describe.each([
  ['ewc', {}, 'ewc-importance'],
  ['ewc', { fisher: 'batches', form: 'separate' }, 'ewc-importance-0'],
  ['mas', {}, 'mas-importance'],
  ['si', {}, 'si-importance'],
] as const)('--layers of %s %o', (strategy, options, vector) => {
  test('leaves the importance of these layers as it is, and that of the others is zero', async () => {
    const one = { strategy, ...options, tasks: 1 };
    const all = await tensorsAfter(one);
    const chosen = await tensorsAfter({ ...one, layers: 'layers.0,layers.1.bias' });
    for (const name of names) {
      const key = `vectors.${vector}.${name}`;
      expect(isZero(all.get(key)), key).toBe(false);
      if (name.startsWith('layers.0') || name === 'layers.1.bias')
        expect(chosen.get(key)).toEqual(all.get(key));
      else expect(isZero(chosen.get(key)), key).toBe(true);
    }
  });
});

test.each(['l2', 'ewc', 'mas', 'si'] as const)(
  'a penalty of %s that chooses layers holds them, and lets the others learn as the baseline does',
  async (strategy) => {
    // A penalty on no weight that moves changes no bit of the others: here on those that are frozen.
    const frozen = { freeze: 'layers.0', optimizer: 'sgd', learningRate: 0.1 } as const;
    const free = await tensorsAfter({ strategy: 'baseline', ...frozen });
    const held = await tensorsAfter({ strategy, strength: 100, layers: 'layers.0', ...frozen });
    const other = await tensorsAfter({ strategy, strength: 100, ...frozen });
    for (const name of names) expect(held.get(name), name).toEqual(free.get(name));
    expect(names.some((name) => other.get(name)?.some((value, at) => value !== free.get(name)?.[at]))).toBe(
      true,
    );
  },
);

test.each(['global', 'per-tensor'] as const)(
  'a direction on a %s sphere lies in the layers that are chosen; the equilibrium point moves them alone',
  async (sphere) => {
    const run = { strategy: 'lfd', ...lfd, sphere, radius: 3, lambdaIterations: 5, lambdaStart: 0.1 };
    const chosen = await tensorsAfter({ ...run, layers: '!head' });
    let squares = 0;
    for (const name of names) {
      const direction = chosen.get(`vectors.direction.${name}`);
      expect(isZero(direction), name).toBe(name.startsWith('layers.2'));
      squares += direction?.reduce((sum, value) => sum + value * value, 0) ?? 0;
    }
    expect(Math.sqrt(squares)).toBeCloseTo(sphere === 'global' ? 3 : 3 * 2, 4); // four tensors
    const all = await tensorsAfter(run);
    expect(isZero(all.get('vectors.direction.layers.2.weight'))).toBe(false);
    // With no penalty and a direction that nothing follows, what is left of LFD is the equilibrium point.
    const still = { ...run, alpha: 0, layers: '!head', lambdaIterations: 1, lambdaLearningRate: 1e-6 };
    const moved = await tensorsAfter(still);
    const unmoved = await tensorsAfter({ ...still, equilibriumPoint: 'off' });
    for (const name of names) {
      if (name.startsWith('layers.2')) expect(moved.get(name)).toEqual(unmoved.get(name));
      else expect(moved.get(name)).not.toEqual(unmoved.get(name));
    }
  },
);

test('a choice that fits no parameter is refused', async () => {
  await expect(runExperiment({ ...small, strategy: 'l2', layers: 'task' } as never)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining("layers (--layers): no parameter of the network is called 'task'"),
  });
});

test('of a choice of layers the engines are told', () => {
  const needs = (layers?: string) =>
    planExperiment({ strategy: 'lfd', memorySize: 1, layers }).machine.objective;
  expect(needs()).toEqual([]);
  expect(needs('!head')).toEqual(['penalties']);
});
