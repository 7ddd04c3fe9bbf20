import { readFile } from 'node:fs/promises';
import { types } from 'node:util';
import { z } from 'zod';
import type { SessionSnapshot } from '../../binding.js';
import { codeOf, messageOf } from '../base/errors.js';
import { fromJson, toJson } from '../checkpoint/json.js';
import { decodeSealed, encodeSealed } from '../checkpoint/sealed.js';
import { fromFileSnapshot, toFileSnapshot } from '../checkpoint/snapshot.js';
import { cannotRead, encoded, foreign, mismatch } from '../checkpoint/trouble.js';
import { writeFileAtomic } from '../files/index.js';
import {
  type FileTensor,
  float32sOf,
  int32sOf,
  int32Tensor,
  type TensorFile,
} from '../files/safetensors/format.js';
import { isSameNetwork, networkText } from '../session/network.js';
import type { Session } from '../session/session.js';
import { strategyNamed } from '../strategies/index.js';
import { featuresOf, type LearnerConfig, specOf } from './config.js';
import type { MemoryPart } from './types.js';

const KIND = 'learner';
/** Raised when an older version of this package could no longer read the file. */
const VERSION = 2;

/** All that a learner would go on with. */
export interface LearnerState {
  readonly config: LearnerConfig;
  /** Tasks learnt so far. */
  readonly tasks: number;
  /** Views that its memory names have no meaning here: part by part, {@link memory} has their rows. */
  readonly snapshot: SessionSnapshot;
  readonly memory: readonly MemoryPart[];
}

const outlineSchema = z.object({ config: z.looseObject({}), tasks: z.int().min(0), session: z.unknown() });

/** A learner's file: safetensors, in which the weights have PyTorch's names. */
export function encodeLearner({ config, tasks, snapshot, memory }: LearnerState): Uint8Array {
  const { outline, tensors } = toFileSnapshot(snapshot);
  for (const [part, { inputs, labels }] of memory.entries()) {
    tensors.set(`memory.${part}.inputs`, inputsTensor(inputs, labels.length));
    tensors.set(`memory.${part}.labels`, int32Tensor(labels));
  }
  const metadata = { learner: toJson({ config, tasks, session: outline }) };
  const file = { kind: KIND, version: VERSION, metadata, tensors: widestFirst(tensors) };
  stateIn(file); // what cannot be read again must not take the place of a file that can
  return encodeSealed(file);
}

/** @throws {ClTorchError} FILE_FOREIGN, FILE_DAMAGED, FILE_TOO_NEW or FILE_TOO_OLD. */
export function decodeLearner(file: Uint8Array, path: string): LearnerState {
  const content = decodeSealed(file, { kind: KIND, version: VERSION }, path);
  try {
    return stateIn(content);
  } catch (error) {
    throw foreign(path, KIND, messageOf(error), error);
  }
}

function stateIn({ tensors, metadata }: TensorFile): LearnerState {
  const { config, tasks, session } = outlineSchema.parse(fromJson(metadata.learner ?? ''));
  const snapshot = fromFileSnapshot(session, tensors);
  const memory = snapshot.memory.map((_, part) => memoryPart(tensors, part));
  return { config: config as unknown as LearnerConfig, tasks, snapshot, memory };
}

/**
 * Writes a learner's file at once: until it is whole, the one before it stays.
 * @throws {ClTorchError} OUTPUT_FAILED.
 */
export async function writeLearner(path: string, state: LearnerState): Promise<void> {
  const bytes = encoded(path, KIND, () => encodeLearner(state));
  await writeFileAtomic(path, bytes, {
    what: `The learner cannot be saved in '${path}'`,
    elsewhere: 'save it in another file',
  });
}

/** @throws {ClTorchError} FILE_NOT_FOUND, FILE_FOREIGN, FILE_DAMAGED, FILE_TOO_NEW or FILE_TOO_OLD. */
export async function readLearner(path: string): Promise<LearnerState> {
  return decodeLearner(await readFile(path).catch(cannotRead(path, KIND)), path);
}

/** The examples that a session's memory holds, list by list. */
export async function readMemory(session: Session, { memory }: SessionSnapshot): Promise<MemoryPart[]> {
  const parts: MemoryPart[] = [];
  for (const list of memory) {
    const { images, labels } = await session.readRows(list);
    parts.push({ inputs: images, labels });
  }
  return parts;
}

/**
 * Makes a new session go on from a saved state.
 * @throws {ClTorchError} FILE_MISMATCH when the parts of the file do not fit each other.
 */
export async function resume(
  session: Session,
  { config, snapshot, memory }: LearnerState,
  { engine, precision }: Pick<SessionSnapshot, 'engine' | 'precision'>,
  path: string,
): Promise<void> {
  const features = featuresOf(config);
  const { network } = snapshot;
  if (!isSameNetwork(network, specOf(config, network.classes))) {
    const text = `its network is ${networkText(network)}, but its configuration names another.`;
    throw mismatch(path, KIND, text);
  }
  const columns = Int32Array.from({ length: features }, (_, column) => column);
  try {
    const lists: SessionSnapshot['memory'][number][] = [];
    for (const [part, { inputs, labels }] of memory.entries()) {
      const dataset = await session.loadDataset({ images: inputs, labels, features });
      const view = await session.addView({ dataset, columns });
      const { targets = null } = snapshot.memory[part] ?? {};
      lists.push({ view, rows: Int32Array.from(labels.keys()), targets });
    }
    // Outputs stored for a task's own rows are of views that are gone, and serve no later task.
    await session.importState({ ...snapshot, engine, precision, memory: lists, targets: [] });
  } catch (error) {
    if (codeOf(error) !== 'INVALID_ARGUMENT') throw error;
    throw mismatch(path, KIND, messageOf(error), error);
  }
}

/** @throws {ClTorchError} FILE_MISMATCH when the strategy that a learner was saved with is not at hand. */
export function requireStrategy(saved: string, given: string | undefined, path: string): void {
  const isBuiltIn = strategyNamed(saved) !== undefined;
  if (given === undefined ? isBuiltIn : given === saved) return;
  throw mismatch(
    path,
    KIND,
    `it was saved with the strategy '${saved}'` +
      (given === undefined
        ? ', which is a custom one: give it as the option strategy.'
        : `, not '${given}'.`),
  );
}

function inputsTensor(inputs: Uint8Array | Float32Array, rows: number): FileTensor {
  const bytes = new Uint8Array(inputs.buffer, inputs.byteOffset, inputs.byteLength);
  return { dtype: types.isFloat32Array(inputs) ? 'F32' : 'U8', shape: [rows, inputs.length / rows], bytes };
}

function memoryPart(tensors: ReadonlyMap<string, FileTensor>, part: number): MemoryPart {
  const inputs = tensors.get(`memory.${part}.inputs`);
  const labels = tensors.get(`memory.${part}.labels`);
  if (labels?.dtype !== 'I32' || (inputs?.dtype !== 'F32' && inputs?.dtype !== 'U8')) {
    throw new Error(`the memory's examples 'memory.${part}' are not there`);
  }
  return {
    inputs: inputs.dtype === 'F32' ? float32sOf(inputs) : inputs.bytes.slice(),
    labels: int32sOf(labels),
  };
}

/** Keeps every tensor aligned: bytes come last. */
function widestFirst(tensors: ReadonlyMap<string, FileTensor>): Map<string, FileTensor> {
  const isBytes = ([, { dtype }]: readonly [string, FileTensor]): boolean => dtype === 'U8';
  const entries = [...tensors];
  return new Map([...entries.filter((entry) => !isBytes(entry)), ...entries.filter(isBytes)]);
}
