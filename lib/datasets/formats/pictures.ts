import { availableParallelism } from 'node:os';
import { ClTorchError, isClTorchError, messageOf } from '../../base/errors.js';
import { aborted } from '../../base/signals.js';
import type { ReadOptions } from './format.js';
import { COLOURS, type Planes, readPicture } from './picture.js';

/** Where pictures come from: a folder or an archive. */
export interface PictureFiles {
  /** The folder or the archive, for messages. */
  readonly place: string;
  /**
   * Gives each of the files that are wanted, in any order, as fast as `take` lets it.
   * @throws {ClTorchError} DATA_INVALID when one of them cannot be read.
   */
  visit(
    names: readonly string[],
    take: (name: string, bytes: Buffer) => Promise<void>,
    options: ReadOptions,
  ): Promise<void>;
}

/** Pictures of one size, one after another. */
export interface Pictures {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  /** `[names, channels, height, width]`. */
  readonly images: Uint8Array;
}

/**
 * Reads pictures, as many side by side as there are processors. They have one channel when all of them are grey.
 * @param names - Of the files, in the order of the result.
 * @throws {ClTorchError} DATA_INVALID, naming the first one that cannot be read or has another size; ABORTED.
 */
export async function readPictures(
  files: PictureFiles,
  names: readonly string[],
  options: ReadOptions,
): Promise<Pictures> {
  const places = new Map(names.map((name, place) => [name, place]));
  const sheet = new Sheet(files.place, names);
  const pool = new Pool();
  let done = 0;
  const take = async (name: string, bytes: Buffer): Promise<void> => {
    await pool.run(async () => {
      if (options.signal?.aborted) throw aborted(options.signal);
      sheet.put(places.get(name) ?? 0, await decoded(files.place, name, bytes, options.imageSize));
      done += 1;
      options.onProgress?.({ done, total: names.length });
    });
  };
  await files.visit(names, take, options);
  await pool.end();
  if (options.signal?.aborted) throw aborted(options.signal);
  return sheet.pictures(done);
}

async function decoded(
  place: string,
  name: string,
  bytes: Buffer,
  side: number | undefined,
): Promise<Planes> {
  try {
    return await readPicture(bytes, side);
  } catch (error) {
    if (isClTorchError(error)) throw error;
    throw new ClTorchError(
      'DATA_INVALID',
      `${name} of ${place} is no picture that can be read: ${messageOf(error)}. Expected a whole JPEG, PNG, WebP, TIFF or GIF file.`,
      { cause: error },
    );
  }
}

/** Pictures beside each other; the first one that comes says how large they are. */
class Sheet {
  readonly #place: string;
  readonly #names: readonly string[];
  #first: { readonly name: string; readonly width: number; readonly height: number } | undefined;
  #images = new Uint8Array();
  #isGrey = true;

  constructor(place: string, names: readonly string[]) {
    this.#place = place;
    this.#names = names;
  }

  put(index: number, { width, height, bytes }: Planes): void {
    const name = this.#names[index] ?? '';
    this.#first ??= { name, width, height };
    if (this.#first.width !== width || this.#first.height !== height) throw this.#uneven(name, width, height);
    if (this.#images.length === 0) this.#images = new Uint8Array(this.#names.length * bytes.length);
    this.#images.set(bytes, index * bytes.length);
    this.#isGrey &&= isGrey(bytes);
  }

  /** @param done - How many there are; fewer than were wanted where the source had not all of them. */
  pictures(done: number): Pictures {
    const { width = 0, height = 0 } = this.#first ?? {};
    if (done !== this.#names.length) {
      throw new ClTorchError(
        'DATA_INVALID',
        `${this.#place} has ${done} of the pictures that it lists; expected ${this.#names.length}. Get it again.`,
      );
    }
    if (!this.#isGrey) return { channels: COLOURS, width, height, images: this.#images };
    return { channels: 1, width, height, images: firstPlanes(this.#images, width * height) };
  }

  #uneven(name: string, width: number, height: number): ClTorchError {
    const { name: other, ...size } = this.#first ?? { name: '', width: 0, height: 0 };
    return new ClTorchError(
      'DATA_INVALID',
      `The pictures of ${this.#place} have different sizes: ${other} has ${size.width} × ${size.height} pixels, ${name} ` +
        `${width} × ${height}. Expected one size; --image-size N cuts and scales all of them to N × N pixels.`,
    );
  }
}

function isGrey(planes: Uint8Array): boolean {
  const pixels = planes.length / COLOURS;
  const red = Buffer.from(planes.buffer, planes.byteOffset, pixels);
  return (
    red.equals(planes.subarray(pixels, 2 * pixels)) && red.equals(planes.subarray(2 * pixels, 3 * pixels))
  );
}

function firstPlanes(images: Uint8Array, pixels: number): Uint8Array {
  const rows = images.length / (COLOURS * pixels);
  const result = new Uint8Array(rows * pixels);
  for (let row = 0; row < rows; ++row) {
    const start = row * COLOURS * pixels;
    result.set(images.subarray(start, start + pixels), row * pixels);
  }
  return result;
}

/** Work side by side, twice as much as there are processors; what fails ends the rest. */
class Pool {
  readonly #most = 2 * availableParallelism();
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  /** Begins the work; waits as long as too much of it is under way. */
  async run(work: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#most) await Promise.race(this.#running);
    this.#check();
    const running: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async end(): Promise<void> {
    await Promise.all(this.#running);
    this.#check();
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
