import type { NamedTensor, Session as NativeSession } from '../../binding.js';
import { flag, optional, type Readers, settle } from '../base/arguments.js';
import type { NativeCalls } from './native-calls.js';

/** One factor for all, or one for each parameter tensor. */
export type Factor = number | readonly number[];

/**
 * Vectors of a session, laid out like the network's parameters, by names: arithmetic on all weights at once, where they
 * are, without copies in JavaScript. `parameters` are the network's own and can be read and changed like any other. A
 * target that is only written is made where there is none; binding.d.ts has the formulas.
 *
 * Every call rejects with a `ClTorchError`: INVALID_ARGUMENT for a vector that is not there or a name that none can have.
 */
export class Vectors {
  readonly #native: NativeSession;
  readonly #calls: NativeCalls;

  constructor(native: NativeSession, calls: NativeCalls) {
    this.#native = native;
    this.#calls = calls;
  }

  /** Those that there are, in alphabetical order. */
  names(): Promise<string[]> {
    return this.#calls.run(() => this.#native.vectorNames());
  }

  /** A copy, in tensors like the parameters. */
  get(vector: string): Promise<NamedTensor[]> {
    return this.#calls.run(() => this.#native.vector({ vector }));
  }

  /** target = values: a Float32Array for each parameter tensor. */
  set(target: string, values: readonly Float32Array[]): Promise<void> {
    return this.#calls.run(() => this.#native.setVector({ target, values }));
  }

  /** target = the same number everywhere. */
  fill(target: string, value: number): Promise<void> {
    return this.#calls.run(() => this.#native.fillVector({ target, value }));
  }

  /** target = source. */
  copy(source: string, target: string): Promise<void> {
    return this.#calls.run(() => this.#native.copyVector({ source, target }));
  }

  /** Frees the memory; refused while a penalty measures by the vector, or it is of the path, the mask or the gates. */
  drop(vector: string): Promise<void> {
    return this.#calls.run(() => this.#native.dropVector({ vector }));
  }

  /** target += factor · source (axpy); the factor is 1 unless given. */
  add(target: string, source: string, factor: Factor = 1): Promise<void> {
    return this.#calls.run(() => this.#native.addVector({ target, source, factor }));
  }

  /** target *= factor. */
  scale(target: string, factor: Factor): Promise<void> {
    return this.#calls.run(() => this.#native.scaleVector({ target, factor }));
  }

  /** target *= source, element by element. */
  multiply(target: string, source: string): Promise<void> {
    return this.#calls.run(() => this.#native.multiplyVector({ target, source }));
  }

  /** target /= source, element by element. */
  divide(target: string, source: string): Promise<void> {
    return this.#calls.run(() => this.#native.divideVector({ target, source }));
  }

  /** <left, right>. */
  async dot(left: string, right: string): Promise<number> {
    const [sum = Number.NaN] = await this.#dots(left, right, false);
    return sum;
  }

  /** The same for each parameter tensor by itself. */
  dotByTensor(left: string, right: string): Promise<Float64Array> {
    return this.#dots(left, right, true);
  }

  /** Euclidean length. */
  async norm(vector: string): Promise<number> {
    const [length = Number.NaN] = await this.#norms(vector, false);
    return length;
  }

  /** The same for each parameter tensor by itself. */
  normByTensor(vector: string): Promise<Float64Array> {
    return this.#norms(vector, true);
  }

  /** Takes from the target what lies along the point: target -= (<point, target> / <point, point>) point. */
  project(target: string, point: string, parts?: Parts): Promise<void> {
    return this.#calls.run(() => {
      const { perTensor = false } = settle('project', parts, readParts);
      return this.#native.projectVector({ target, point, perTensor });
    });
  }

  /** Scales the target to the radius. */
  retract(target: string, radius: number, parts?: Parts): Promise<void> {
    return this.#calls.run(() => {
      const { perTensor = false } = settle('retract', parts, readParts);
      return this.#native.retractVector({ target, radius, perTensor });
    });
  }

  /** target = what each parameter is multiplied by where the hidden units have the gates sigmoid(steepness · embedding). */
  spreadGates(embedding: string, target: string, steepness: number): Promise<void> {
    return this.#calls.run(() => this.#native.spreadGates({ embedding, target, steepness }));
  }

  #dots(left: string, right: string, perTensor: boolean): Promise<Float64Array> {
    return this.#calls.run(() => this.#native.dotVectors({ left, right, perTensor }));
  }

  #norms(vector: string, perTensor: boolean): Promise<Float64Array> {
    return this.#calls.run(() => this.#native.normVector({ vector, perTensor }));
  }
}

interface Parts {
  /** Each parameter tensor by itself, or (the default) all as one vector. */
  readonly perTensor?: boolean | undefined;
}

const readParts: Readers<Parts> = { perTensor: optional(flag) };
