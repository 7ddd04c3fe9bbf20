import { readFile } from 'node:fs/promises';
import { types } from 'node:util';
import type { NamedTensor, NetworkSpec } from '../../binding.js';
import { object, reading, path as readPath, readProperty, refused } from '../base/arguments.js';
import { messageOf } from '../base/errors.js';
import { kindOf, shown } from '../base/values.js';
import { writeFileAtomic } from '../files/index.js';
import {
  type FileTensor,
  float32sOf,
  float32Tensor,
  type TensorFile,
  TensorFileError,
} from '../files/safetensors/format.js';
import { decodeTensors } from '../files/safetensors/read.js';
import { mlp } from '../session/network.js';
import { decodeSealed, encodeSealed, isMarked, MARKS } from './sealed.js';
import { tensorNames } from './snapshot.js';
import { cannotRead, foreign, mismatch } from './trouble.js';

/** Raised when an older version of this package could no longer read the file. */
const VERSION = 1;
const KIND = 'model';

/** A network's weights. */
export interface ModelWeights {
  readonly network: NetworkSpec;
  /** `layers.0.weight` `[out, in]`, `layers.0.bias` `[out]`, … */
  readonly parameters: readonly NamedTensor[];
  /** The file's own entries, as text. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes weights as safetensors, which Python opens with `safetensors.torch.load_file`. The file is replaced at once;
 * folders that are missing are made.
 * @param metadata - Entries of one's own for the file's header.
 * @throws {ClTorchError} By rejection: INVALID_ARGUMENT for what {@link loadModel} would not read again, OUTPUT_FAILED; a
 * file that was there is then as it was.
 */
export async function saveModel(
  path: string,
  parameters: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const file = readPath(path, 'saveModel: path');
  const bytes = encodeChecked(readTensors(parameters), readMetadata(metadata));
  await writeFileAtomic(file, bytes);
}

/** The file's bytes, once it is sure that they can be read again. */
function encodeChecked(parameters: readonly NamedTensor[], metadata: Record<string, string>): Uint8Array {
  try {
    const bytes = encodeModel(parameters, metadata);
    decodeModel(bytes, 'the new file');
    return bytes;
  } catch (error) {
    throw refused(`saveModel: loadModel would refuse the file: ${messageOf(error)}`, error);
  }
}

function readTensors(parameters: unknown): NamedTensor[] {
  if (!Array.isArray(parameters)) {
    throw refused(`saveModel: parameters must be a list of tensors; found ${shown(parameters)}.`);
  }
  const names = new Set<string>();
  return Array.from(parameters, (_, i) => {
    const place = `saveModel: parameters[${i}]`;
    const tensor = object(readProperty(parameters, i, place), place);
    const [name, shape, data] = ['name', 'shape', 'data'].map((key) => readProperty(tensor, key, place));
    if (typeof name !== 'string' || names.has(name)) {
      throw refused(`${place}: name must be a text that no other tensor has; found ${shown(name)}.`);
    }
    if (!Array.isArray(shape))
      throw refused(`${place}: shape must be a list of sizes; found ${shown(shape)}.`);
    if (!types.isFloat32Array(data))
      throw refused(`${place}: data must be a Float32Array; found ${kindOf(data)}.`);
    names.add(name);
    return { name, shape: [...shape], data };
  });
}

function readMetadata(metadata: unknown): Record<string, string> {
  const given = object(metadata, 'saveModel: metadata');
  const entries = reading('saveModel: metadata', () => Object.keys(given)).map(
    (key) => [key, readProperty(given, key, 'saveModel: metadata')] as const,
  );
  for (const [key, value] of entries) {
    if (typeof value !== 'string')
      throw refused(`saveModel: metadata.${key} must be text; found ${shown(value)}.`);
    if (MARKS.includes(key))
      throw refused(`saveModel: metadata cannot have '${key}', which the file itself has.`);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

/**
 * Reads weights from a safetensors file of this package or of PyTorch; `Session.setParameters` takes them. A file of
 * PyTorch's has float32 tensors named like ours, or like the reference implementation: `fc1`, `fc2`, …, `fc_before_last`,
 * `fc_out`, each with `.weight` and `.bias`. NaN and infinity are read as they are.
 * @throws {ClTorchError} FILE_NOT_FOUND, FILE_FOREIGN (no such file), FILE_DAMAGED, FILE_TOO_NEW, or FILE_MISMATCH
 * when the tensors are no multilayer perceptron's.
 */
export async function loadModel(path: string): Promise<ModelWeights> {
  const file = readPath(path, 'loadModel: path');
  return decodeModel(await readFile(file).catch(cannotRead(file, KIND)), file);
}

export function encodeModel(
  parameters: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const tensors = parameters.map(({ name, shape, data }) => [name, float32Tensor(shape, data)] as const);
  return encodeSealed({ kind: KIND, version: VERSION, metadata, tensors: new Map(tensors) });
}

/** {@link loadModel}, of the file's bytes. */
export function decodeModel(file: Uint8Array, path: string): ModelWeights {
  const { tensors, metadata } = isMarked(file)
    ? decodeSealed(file, { kind: KIND, newest: VERSION }, path)
    : decodeForeign(file, path);
  const pairs = layerNames([...tensors.keys()]).map((name) => ({
    weight: tensors.get(`${name}.weight`),
    bias: tensors.get(`${name}.bias`),
  }));
  if (pairs.length === 0 || 2 * pairs.length !== tensors.size) {
    throw mismatch(
      path,
      KIND,
      `its tensors are ${[...tensors.keys()].join(', ').slice(0, 200) || 'none'}, not layers.0.weight, layers.0.bias, ….`,
    );
  }
  const widths: number[] = [];
  const data: FileTensor[] = [];
  for (const [layer, { weight, bias }] of pairs.entries()) {
    const [outputs = Number.NaN, inputs = Number.NaN] = weight?.shape ?? [];
    const fits =
      isFloats(weight, 2) && isFloats(bias, 1) && bias.shape[0] === outputs && outputs > 0 && inputs > 0;
    if (!fits || (layer > 0 && widths.at(-1) !== inputs)) {
      throw mismatch(
        path,
        KIND,
        `layer ${layer} has ${described(weight)} and ${described(bias)}: expected a float32 weight [out, in], a bias [out], and in = the out before.`,
      );
    }
    if (layer === 0) widths.push(inputs);
    widths.push(outputs);
    data.push(weight, bias);
  }
  const [features = 0] = widths;
  const network = mlp(features, widths.slice(1, -1), widths.at(-1) ?? 0);
  const parameters = tensorNames(network).map((name, index) => {
    const tensor = data[index] as FileTensor;
    return { name, shape: tensor.shape, data: float32sOf(tensor) };
  });
  return { network, parameters, metadata };
}

/** PyTorch's: there is no sum to compare. */
function decodeForeign(file: Uint8Array, path: string): TensorFile {
  try {
    return decodeTensors(file);
  } catch (error) {
    if (error instanceof TensorFileError) throw foreign(path, KIND, error.message, error);
    throw error;
  }
}

/** Names of the layers in their order; none when they are neither ours nor the listing's. */
function layerNames(tensors: readonly string[]): string[] {
  const names = new Set(tensors.map((name) => name.replace(/\.(weight|bias)$/, '')));
  const count = names.size;
  const ours = Array.from({ length: count }, (_, layer) => `layers.${layer}`);
  const listing = [
    ...Array.from({ length: Math.max(0, count - 2) }, (_, layer) => `fc${layer + 1}`),
    'fc_before_last',
    'fc_out',
  ].slice(-count);
  return [ours, listing].find((known) => known.every((name) => names.has(name))) ?? [];
}

function isFloats(tensor: FileTensor | undefined, dimensions: number): tensor is FileTensor {
  return tensor?.dtype === 'F32' && tensor.shape.length === dimensions;
}

function described(tensor: FileTensor | undefined): string {
  return tensor ? `${tensor.dtype} [${tensor.shape.join(', ')}]` : 'no tensor';
}
