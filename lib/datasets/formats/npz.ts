import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { ClTorchError, messageOf } from '../../base/errors.js';
import { MAX_EXPANSION } from './gzip.js';

/** A member of the archive, without its extension. */
export interface NpzMember {
  readonly name: string;
  readonly content: Buffer;
}

/**
 * The arrays of a .npz file, which is a zip archive of .npy files, each packed or not; each checked by its CRC-32.
 * @param wants - Whether an array is wanted, by its name.
 * @throws {ClTorchError} DATA_INVALID for what is no zip archive, or is damaged.
 */
export async function readNpz(file: string, wants: (name: string) => boolean): Promise<NpzMember[]> {
  const { openPromise } = await import('yauzl'); // which no command needs that reads no archive
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { autoClose: false });
    const members: NpzMember[] = [];
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.replace(/\.npy$/i, '');
      if (name === entry.fileName || !wants(name)) continue;
      members.push({ name, content: await contentOf(zip, entry) });
    }
    return members;
  } catch (error) {
    throw new ClTorchError(
      'DATA_INVALID',
      `${file} is no .npz file, or a damaged or cut off one (${messageOf(error)}). Get the file again.`,
      { cause: error },
    );
  } finally {
    zip?.close();
  }
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  if (entry.uncompressedSize > MAX_EXPANSION * (entry.compressedSize + 1)) {
    throw new Error(`${entry.fileName} announces ${entry.uncompressedSize} bytes in ${entry.compressedSize}`);
  }
  const content = await buffer(await zip.openReadStreamPromise(entry));
  if (crc32(content) !== entry.crc32) throw new Error(`the checksum of ${entry.fileName} is wrong`);
  return content;
}
