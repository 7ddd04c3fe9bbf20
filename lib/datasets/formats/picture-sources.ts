import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ClTorchError, messageOf } from '../../base/errors.js';
import { aborted } from '../../base/signals.js';
import type { PictureFiles } from './pictures.js';
import { readTar } from './tar.js';

/** The files below a folder. */
export function picturesBelow(folder: string): PictureFiles {
  return {
    place: folder,
    async visit(names, take, { signal }) {
      const left = names.values();
      const walk = async (): Promise<void> => {
        for (const name of left) {
          if (signal?.aborted) throw aborted(signal);
          await take(name, await bytesOf(join(folder, name)));
        }
      };
      await Promise.all(Array.from({ length: availableParallelism() }, walk));
    },
  };
}

/**
 * The files of a tar archive.
 * @param prefix - Of their names in the archive.
 */
export function picturesInTar(archive: string, prefix: string): PictureFiles {
  return {
    place: archive,
    async visit(names, take, { signal }) {
      const wanted = new Set(names.map((name) => prefix + name));
      await readTar(archive, {
        wants: (name) => wanted.has(name),
        take: (name, bytes) => take(name.slice(prefix.length), bytes),
        signal,
      });
    },
  };
}

/** SHA-256 over the content of files, by their names and in this order. */
export async function digestOf(
  files: PictureFiles,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const digests = new Map<string, string>();
  const take = async (name: string, bytes: Buffer): Promise<void> => {
    digests.set(name, createHash('sha256').update(bytes).digest('hex'));
  };
  await files.visit(names, take, { signal });
  const whole = createHash('sha256');
  for (const name of names) whole.update(`${name}\0${digests.get(name)}\n`);
  return whole.digest('hex');
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ClTorchError('DATA_INVALID', `${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}
