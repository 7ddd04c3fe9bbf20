import { readFile } from 'node:fs/promises';
import { types } from 'node:util';
import { z } from 'zod';
import type { NamedTensor, NetworkSpec } from '../../binding.js';
import {
  object,
  optional,
  type Readers,
  reading,
  path as readPath,
  readProperty,
  refused,
  settle,
} from '../base/arguments.js';
import { ClTorchError, messageOf } from '../base/errors.js';
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
import { isPlain, isSameNetwork, networkText } from '../session/network.js';
import type { Weights } from '../session/weights.js';
import { fromJson, toJson } from './json.js';
import { perceptronIn } from './perceptron.js';
import { decodeSealed, encodeSealed, isMarked, MARKS } from './sealed.js';
import { networkSchema } from './snapshot.js';
import { cannotRead, damaged, foreign, mismatch } from './trouble.js';

/** Raised when an older version of this package could no longer read the file. */
const VERSION = 2;
const KIND = 'model';
/** The metadata's entry that has the network's specification as JSON. */
const NETWORK = 'network';

/** The metadata's entry that lists the buffers among the tensors as JSON; of a network that has none it is left out. */
const BUFFERS = 'buffers';

/** The metadata's entry that says of how many tasks a file has the weights, each task's under `tasks.N.`; else it is left out. */
const TASKS = 'tasks';

/** A network's weights. */
export interface ModelWeights extends Weights {
  readonly network: NetworkSpec;
  /** Tasks that each have weights of their own in the file; these are one task's. Left out where one network is all. */
  readonly tasks?: number;
  /** The file's own entries, as text. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Whose weights are read. */
export interface LoadModelOptions {
  /** The task, from 0, of a file that has weights for each task; others have one network for all, whatever is named. */
  readonly task?: number | undefined;
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
    const { network } = perceptronIn(fileTensors(parameters), 'the new file');
    const bytes = encodeModel(network, { parameters, buffers: [] }, metadata);
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
    if ([...MARKS, NETWORK, BUFFERS, TASKS].includes(key))
      throw refused(`saveModel: metadata cannot have '${key}', which the file itself has.`);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

/**
 * Reads weights from a safetensors file of this package or of PyTorch; `Session.setParameters` takes them. A file of
 * PyTorch's has float32 tensors named like ours, or like the reference implementation: `fc1`, `fc2`, …, `fc_before_last`,
 * `fc_out`, each with `.weight` and `.bias`. NaN and infinity are read as they are.
 * @throws {ClTorchError} FILE_NOT_FOUND, FILE_FOREIGN (no such file), FILE_DAMAGED, FILE_TOO_NEW, FILE_TOO_OLD, or FILE_MISMATCH
 * when the tensors are no multilayer perceptron's; CONFIG_INVALID when a file has weights for each task, and no task of it is named.
 */
export async function loadModel(path: string, options?: LoadModelOptions): Promise<ModelWeights> {
  const file = readPath(path, 'loadModel: path');
  const { task } = settle('loadModel', options, loadOptions);
  return decodeModel(await readFile(file).catch(cannotRead(file, KIND)), file, task);
}

const loadOptions: Readers<LoadModelOptions> = {
  task: optional((value, name) => {
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    throw refused(`${name} must be a whole number from 0; found ${shown(value)}.`);
  }),
};

/**
 * The file of a network; what does not fit is written, and refused by {@link decodeModel}.
 * @param weights - Of all tasks; or a list with those of each task.
 */
export function encodeModel(
  network: NetworkSpec,
  weights: Weights | readonly Weights[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const isOfTasks = 'length' in weights;
  const parts = isOfTasks ? weights : [weights];
  const buffers = parts[0]?.buffers ?? [];
  const entries = {
    [NETWORK]: toJson(network),
    ...(buffers.length === 0 ? {} : { [BUFFERS]: toJson(buffers.map(({ name }) => name)) }),
    ...(isOfTasks ? { [TASKS]: String(parts.length) } : {}),
    ...metadata,
  };
  const tensors = new Map<string, FileTensor>();
  for (const [task, part] of parts.entries()) {
    for (const [name, tensor] of fileTensors([...part.parameters, ...part.buffers])) {
      tensors.set(isOfTasks ? `${prefixOf(task)}${name}` : name, tensor);
    }
  }
  return encodeSealed({ kind: KIND, version: VERSION, metadata: entries, tensors });
}

function prefixOf(task: number): string {
  return `tasks.${task}.`;
}

function fileTensors(parameters: readonly NamedTensor[]): Map<string, FileTensor> {
  return new Map(parameters.map(({ name, shape, data }) => [name, float32Tensor(shape, data)]));
}

/** {@link loadModel}, of the file's bytes. */
export function decodeModel(file: Uint8Array, path: string, task?: number): ModelWeights {
  if (!isMarked(file)) {
    const { tensors, metadata } = decodeForeign(file, path);
    return { ...perceptronIn(tensors, path), buffers: [], metadata };
  }
  const sealed = decodeSealed(file, { kind: KIND, version: VERSION }, path);
  const { [NETWORK]: text = '', [BUFFERS]: buffers = '[]', [TASKS]: count, ...metadata } = sealed.metadata;
  const network = told(networkSchema, text, path);
  const tasks = count === undefined ? {} : { tasks: told(z.int().min(1), count, path) };
  const tensors =
    tasks.tasks === undefined ? sealed.tensors : tensorsOf(sealed.tensors, tasks.tasks, task, path);
  if (network.kind !== 'mlp' || !isPlain(network)) {
    const weights = separated(tensors, told(bufferNames, buffers, path), path);
    return { network, ...tasks, ...weights, metadata };
  }
  const weights = perceptronIn(tensors, path);
  const { init: _, ...layers } = network;
  if (!isSameNetwork(layers, weights.network)) {
    throw mismatch(
      path,
      KIND,
      `its tensors are those of ${networkText(weights.network)}, and it names another.`,
    );
  }
  return { ...weights, network, ...tasks, buffers: [], metadata };
}

/** One task's, by the names that they have in a file of one network. */
function tensorsOf(
  all: ReadonlyMap<string, FileTensor>,
  tasks: number,
  task: number | undefined,
  path: string,
): ReadonlyMap<string, FileTensor> {
  if (task === undefined || !Number.isInteger(task) || task < 0 || task >= tasks) {
    throw new ClTorchError(
      'CONFIG_INVALID',
      `${path} has weights for each of ${tasks} tasks${task === undefined ? '' : `; found task ${task}`}. Say of which task the ` +
        `weights are to be: task (--task) takes a whole number from 0 to ${tasks - 1}.`,
    );
  }
  const prefix = prefixOf(task);
  const own = [...all].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** Which of the tensors are what; whether they are the network's, the session checks that takes them. */
function separated(
  tensors: ReadonlyMap<string, FileTensor>,
  names: readonly string[],
  path: string,
): Weights {
  const all = [...tensors].map(([name, tensor]) => {
    if (tensor.dtype !== 'F32') throw mismatch(path, KIND, `its tensor ${name} is ${tensor.dtype}, not F32.`);
    return { name, shape: tensor.shape, data: float32sOf(tensor) };
  });
  const isBuffer = ({ name }: NamedTensor): boolean => names.includes(name);
  return { parameters: all.filter((tensor) => !isBuffer(tensor)), buffers: all.filter(isBuffer) };
}

const bufferNames = z.array(z.string());

function told<Value>(schema: z.ZodType<Value>, text: string, path: string): Value {
  try {
    return schema.parse(fromJson(text));
  } catch (error) {
    throw damaged(path, KIND, `it does not tell its network (${messageOf(error).slice(0, 300)})`, error);
  }
}

/** The tensors of a file of this package or of PyTorch, whatever network they are of. Throws as {@link loadModel}. */
export function decodeTensorsOf(file: Uint8Array, path: string): ReadonlyMap<string, FileTensor> {
  if (!isMarked(file)) return decodeForeign(file, path).tensors;
  return decodeSealed(file, { kind: KIND, version: VERSION }, path).tensors;
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
