import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ModelOptions, NamedTensor } from '../../binding.js';
import { layerOf } from '../base/name-patterns.js';
import { type FileTensor, float32sOf } from '../files/safetensors/format.js';
import { networkText } from '../session/network.js';
import type { Session } from '../session/session.js';
import { weightsOf } from '../session/weights.js';
import { decodeTensorsOf } from './model-file.js';
import { cannotRead, mismatch } from './trouble.js';

const KIND = 'weights';
/** Problems that a message lists; of the others it tells how many there are. */
const MOST_LISTED = 6;
/** BatchNorm's count of batches, which nothing here reads. */
const COUNT = '.num_batches_tracked';

/** Weights of a file that a network begins with: a state dict of PyTorch's as safetensors, or a model file. */
export class StartingWeights {
  readonly #path: string;
  readonly #tensors: ReadonlyMap<string, FileTensor>;
  /** SHA-256 of the file. */
  readonly digest: string;

  private constructor(path: string, bytes: Uint8Array) {
    this.#path = path;
    this.#tensors = decodeTensorsOf(bytes, path);
    this.digest = createHash('sha256').update(bytes).digest('hex');
  }

  /** @throws {ClTorchError} FILE_NOT_FOUND, FILE_FOREIGN, FILE_DAMAGED, FILE_TOO_NEW or FILE_TOO_OLD. */
  static async read(path: string): Promise<StartingWeights> {
    return new StartingWeights(path, await readFile(path).catch(cannotRead(path, KIND)));
  }

  /**
   * Makes the model, as freshly initialised as without the file, and gives it the file's weights.
   * @returns What a person must know: that the output layer is left out, where it is of another size; null where it is not.
   * @throws {ClTorchError} FILE_MISMATCH, with what does not fit: name, expected shape, found shape.
   */
  async makeModel(session: Session, model: ModelOptions): Promise<string | null> {
    await session.createModel(model);
    const { parameters, buffers } = await weightsOf(session);
    const head = `${layerOf(parameters.at(-1)?.name ?? '')}.`;
    const isHead = (name: string): boolean => name.startsWith(head);
    const ofHead = parameters.filter(({ name }) => isHead(name));
    const hasHead = ofHead.every((tensor) => shapeText(tensor) === shapeText(this.#tensors.get(tensor.name)));
    const wanted = [...parameters, ...buffers].filter(({ name }) => hasHead || !isHead(name));
    this.#requireFit(
      wanted,
      [...this.#tensors.keys()].filter((name) => hasHead || !isHead(name)),
      model,
    );
    const values = (tensors: readonly NamedTensor[]): Float32Array[] =>
      tensors.map(({ name, data }) => {
        const found = hasHead || !isHead(name) ? this.#tensors.get(name) : undefined;
        return found ? float32sOf(found) : data;
      });
    await session.setParameters(values(parameters));
    if (buffers.length > 0) await session.setBuffers(values(buffers));
    if (hasHead) return null;
    const shapes = ofHead.map((own) => {
      return `${own.name}: expected ${shapeText(own)}, found ${shapeText(this.#tensors.get(own.name))}`;
    });
    return (
      `The output layer of '${this.#path}' is of another size and left out (${shapes.join('; ')}): the network's own ` +
      'begins afresh.'
    );
  }

  #requireFit(wanted: readonly NamedTensor[], names: readonly string[], { network }: ModelOptions): void {
    const own = new Set(wanted.map(({ name }) => name));
    const problems = [
      ...wanted.flatMap((tensor) => {
        const found = this.#tensors.get(tensor.name);
        if (shapeText(found) === shapeText(tensor)) return [];
        return [`${tensor.name}: expected ${shapeText(tensor)}, found ${shapeText(found)}`];
      }),
      ...names
        .filter((name) => !own.has(name) && !name.endsWith(COUNT))
        .map((name) => `${name}: expected no such tensor, found ${shapeText(this.#tensors.get(name))}`),
    ];
    if (problems.length === 0) return;
    const listed = problems.slice(0, MOST_LISTED);
    const more = problems.length - listed.length;
    throw mismatch(
      this.#path,
      KIND,
      `the network is ${networkText(network)}. ${listed.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
    );
  }
}

/** Of a tensor that a network can take, its shape. */
function shapeText(tensor: NamedTensor | FileTensor | undefined): string {
  if (!tensor) return 'none';
  const shape = `[${tensor.shape.join(', ')}]`;
  return 'dtype' in tensor && tensor.dtype !== 'F32' ? `${tensor.dtype} ${shape}` : shape;
}
