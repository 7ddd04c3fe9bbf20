import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ClTorchError, codeOf, isClTorchError, messageOf } from '../../base/errors.js';
import { inspect, MAX_EXPANSION } from './gzip.js';
import { IdxAssembler, type IdxKind } from './idx-assembler.js';

/** The content of an IDX file. */
export interface Idx {
  readonly file: string;
  /** Sizes, slowest first: `[rows, height, width]` for images, `[rows]` for labels. All at least 1. */
  readonly dims: readonly number[];
  /** Row-major bytes; their number is the product of `dims`. */
  readonly values: Uint8Array;
  /** SHA-256 of the file as it lies on disk. */
  readonly fileSha256: string;
  /** SHA-256 of the content, unpacked if the file is gzipped. */
  readonly contentSha256: string;
}

const CHUNK = 1 << 20;

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST (http://yann.lecun.com/exdb/mnist/), gzipped or not
 * (its first bytes decide, not its name). The content is held once in memory; no more is read or unpacked than
 * the header announces, and the header is believed only as far as the file's size allows.
 *
 * @param kind `images` (3 dimensions) or `labels` (1 dimension).
 * @throws ClTorchError `DATA_INVALID`, naming the file, what was expected and what was found.
 */
export async function readIdx(file: string, kind: IdxKind): Promise<Idx> {
  try {
    const { gzipped, size } = await inspect(file);
    const assembler = new IdxAssembler(file, kind, gzipped ? size * MAX_EXPANSION : size);
    const source = createReadStream(file, { highWaterMark: CHUNK });
    if (!gzipped) {
      await pipeline(source, (chunks) => assembler.take(chunks));
      const content = assembler.finish();
      return { file, ...content, fileSha256: content.contentSha256 };
    }
    const hash = createHash('sha256');
    await pipeline(
      source,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createGunzip({ chunkSize: CHUNK }),
      (chunks) => assembler.take(chunks),
    );
    return { file, ...assembler.finish(), fileSha256: hash.digest('hex') };
  } catch (error) {
    throw isClTorchError(error) ? error : unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): ClTorchError {
  const damaged = codeOf(error)?.startsWith('Z_');
  return new ClTorchError(
    'DATA_INVALID',
    damaged
      ? `${file} is a damaged or cut off gzip file (${messageOf(error)}). Get the file again.`
      : `${file} cannot be read: ${messageOf(error)}.`,
    { cause: error },
  );
}
