import type { NamedTensor, NetworkSpec } from '../../binding.js';
import { type FileTensor, float32sOf } from '../files/safetensors/format.js';
import { mlp } from '../session/network.js';
import { mismatch } from './trouble.js';

/**
 * The multilayer perceptron that a file's tensors are, under our names or the reference implementation's; its parameters
 * under ours, in the order of the network.
 * @throws {ClTorchError} FILE_MISMATCH when they are none.
 */
export function perceptronIn(
  tensors: ReadonlyMap<string, FileTensor>,
  path: string,
): { readonly network: NetworkSpec; readonly parameters: readonly NamedTensor[] } {
  const pairs = layerNames([...tensors.keys()]).map((name) => ({
    weight: tensors.get(`${name}.weight`),
    bias: tensors.get(`${name}.bias`),
  }));
  if (pairs.length === 0 || 2 * pairs.length !== tensors.size) {
    throw mismatch(
      path,
      'model',
      `its tensors are ${[...tensors.keys()].join(', ').slice(0, 200) || 'none'}, not layers.0.weight, layers.0.bias, ….`,
    );
  }
  const widths: number[] = [];
  const parameters: NamedTensor[] = [];
  for (const [layer, { weight, bias }] of pairs.entries()) {
    const [outputs = Number.NaN, inputs = Number.NaN] = weight?.shape ?? [];
    const fits =
      isFloats(weight, 2) && isFloats(bias, 1) && bias.shape[0] === outputs && outputs > 0 && inputs > 0;
    if (!fits || (layer > 0 && widths.at(-1) !== inputs)) {
      throw mismatch(
        path,
        'model',
        `layer ${layer} has ${described(weight)} and ${described(bias)}: expected a float32 weight [out, in], a bias [out], and in = the out before.`,
      );
    }
    if (layer === 0) widths.push(inputs);
    widths.push(outputs);
    parameters.push(named(`layers.${layer}.weight`, weight), named(`layers.${layer}.bias`, bias));
  }
  const [features = 0] = widths;
  return { network: mlp(features, widths.slice(1, -1), widths.at(-1) ?? 0), parameters };
}

function named(name: string, tensor: FileTensor): NamedTensor {
  return { name, shape: tensor.shape, data: float32sOf(tensor) };
}

/** Names of the layers in their order; none when they are neither ours nor the reference implementation's. */
function layerNames(tensors: readonly string[]): string[] {
  const names = new Set(tensors.map((name) => name.replace(/\.(weight|bias)$/, '')));
  const count = names.size;
  const ours = Array.from({ length: count }, (_, layer) => `layers.${layer}`);
  const reference = [
    ...Array.from({ length: Math.max(0, count - 2) }, (_, layer) => `fc${layer + 1}`),
    'fc_before_last',
    'fc_out',
  ].slice(-count);
  return [ours, reference].find((known) => known.every((name) => names.has(name))) ?? [];
}

function isFloats(tensor: FileTensor | undefined, dimensions: number): tensor is FileTensor {
  return tensor?.dtype === 'F32' && tensor.shape.length === dimensions;
}

function described(tensor: FileTensor | undefined): string {
  return tensor ? `${tensor.dtype} [${tensor.shape.join(', ')}]` : 'no tensor';
}
