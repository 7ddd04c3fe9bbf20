import type { NamedTensor } from '../../../binding.js';
import type { Setting } from '../../training/definition.js';
import type { Labels } from '../../training/strategy.js';
import { streamOf } from './gates.js';

// A number for each unit of a layer is kept where the unit's bias is: in a list of tensors like the parameters.

/** SplitMNIST by the optimizer, rate and batch of Serrà et al., 2018; they have no number for it. */
export const authorsTraining: Setting = {
  ...{ benchmark: 'split-mnist', scenario: 'task', network: 'mlp', hidden: [400, 400] },
  ...{ optimizer: 'sgd', learningRate: 0.05, weightDecay: 0, batchSize: 64, epochs: 10 },
};

/**
 * What a task's gates begin as: a draw from the normal distribution for each hidden unit, 0 elsewhere.
 * @param parameters - Of layers that follow each other, each a weight and a bias.
 */
export function drawEmbedding(
  parameters: readonly NamedTensor[],
  { seed, task }: { readonly seed: number; readonly task: number },
): Float32Array[] {
  const stream = streamOf(seed, task);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - stream.random())) * Math.cos(2 * Math.PI * stream.random());
  return parameters.map(({ data }, tensor) =>
    isHidden(parameters, tensor) ? data.map(normal) : new Float32Array(data.length),
  );
}

/** How far tasks hold each unit, when one more has been learnt. */
export interface Use {
  /** From 0 to 1 for each unit. */
  readonly used: readonly Float32Array[];
  /** Of the hidden units in percent, their mean. */
  readonly percent: number;
}

/**
 * Of a hidden unit the largest gate that a task has for it; an output of the task's is held as a whole.
 * @param before - How far earlier tasks hold each unit.
 * @param embedding - The task's.
 * @param steepness - Of its gates.
 */
export function useOf(
  before: readonly NamedTensor[],
  embedding: readonly NamedTensor[],
  { steepness, labels }: { readonly steepness: number; readonly labels: Labels },
): Use {
  const used = before.map(({ data }, tensor) => {
    if (!isHidden(before, tensor)) return data.slice();
    return data.map((earlier, unit) => Math.max(earlier, gateOf(embedding[tensor]?.data[unit], steepness)));
  });
  for (const label of new Set(labels)) used.at(-1)?.fill(1, label, label + 1);
  const hidden = used.filter((_, tensor) => isHidden(before, tensor)).flatMap((units) => [...units]);
  return { used, percent: (100 * hidden.reduce((sum, unit) => sum + unit, 0)) / hidden.length };
}

function gateOf(embedding = Number.NaN, steepness: number): number {
  return 1 / (1 + Math.exp(-steepness * embedding));
}

/** Whether the tensor is a hidden layer's bias. */
function isHidden(parameters: readonly NamedTensor[], tensor: number): boolean {
  return tensor < parameters.length - 1 && parameters[tensor]?.shape.length === 1;
}

/** Why the gates cannot be had with these options, a sentence each. */
export function withoutGates(config: object, name: (key: string) => string): readonly string[] {
  const { network, bias, norm, freeze } = config as Readonly<Record<string, unknown>>;
  if (network !== 'mlp' && network !== 'cnn') {
    return [
      `strategy: hat gates the units of layers that follow each other, and this network has none such; take an mlp or a cnn ` +
        '(--network)',
    ];
  }
  const each: readonly (readonly [string, boolean, string])[] = [
    ['bias', bias === 'off', 'a hidden unit’s gate belongs to its bias; leave it on'],
    ['norm', norm === 'batch', 'the running statistics of BatchNorm would be the last task’s; leave it out'],
    ['freeze', freeze !== undefined, 'gates are learnt through the weights that follow them; leave it out'],
  ];
  return each.flatMap(([key, is, why]) => (is ? [`${name(key)}: with the strategy hat ${why}`] : []));
}
