import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirIfAny } from '../../base/paths.js';
import { writeFileAtomic } from '../../files/index.js';
import type { Pictures } from './pictures.js';

/** Changes when a picture would be read otherwise than before. */
const EDITION = 1;
/** Node reads no larger file at once. */
const MOST_BYTES = 2 ** 31 - 1;
const HEADER = 16;
const DIGEST = 32;

/**
 * Pictures that were read before, by the digest of their files: three numbers (channels, width, height) and the digest of the
 * pixels stand before them. Where the cache cannot be read or written, they are read from their files.
 */
export class PictureCache {
  readonly #file: string | null;

  /** @param side - What they are scaled to. */
  constructor(digest: string, side: number | undefined) {
    const key = createHash('sha256')
      .update(`${EDITION} ${side ?? ''} ${digest}`)
      .digest('hex');
    const folder = cacheDirIfAny('pictures');
    this.#file = folder === null ? null : join(folder, `${key}.bin`);
  }

  /** Undefined where they are not there, or are not what was written. */
  async read(count: number): Promise<Pictures | undefined> {
    const bytes = this.#file === null ? undefined : await readFile(this.#file).catch(() => undefined);
    if (!bytes || bytes.length < HEADER + DIGEST) return undefined;
    const [channels, width, height] = [0, 4, 8].map((place) => bytes.readUInt32LE(place)) as [
      number,
      number,
      number,
    ];
    const { buffer, byteOffset, length } = bytes.subarray(HEADER + DIGEST);
    const images = new Uint8Array(buffer, byteOffset, length);
    const isWhole = images.length === count * channels * width * height;
    const isRight = createHash('sha256')
      .update(images)
      .digest()
      .equals(bytes.subarray(HEADER, HEADER + DIGEST));
    return isWhole && isRight ? { channels, width, height, images } : undefined;
  }

  async write({ channels, width, height, images }: Pictures): Promise<void> {
    if (this.#file === null || images.length + HEADER + DIGEST > MOST_BYTES) return;
    const header = Buffer.alloc(HEADER);
    for (const [place, number] of [channels, width, height].entries())
      header.writeUInt32LE(number, 4 * place);
    const digest = createHash('sha256').update(images).digest();
    await writeFileAtomic(this.#file, Buffer.concat([header, digest, images])).catch(() => {}); // read anew next time
  }
}
