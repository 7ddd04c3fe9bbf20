import '../../base/symbols.js';
import { open } from 'node:fs/promises';

/** DEFLATE's limit, about 1032:1 (zlib's technical details): what announces more than that lies. */
export const MAX_EXPANSION = 1032;

/** Whether a file is gzipped, by its first bytes, and how many bytes it has on disk. */
export async function inspect(file: string): Promise<{ gzipped: boolean; size: number }> {
  await using handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  const { size } = await handle.stat();
  return { gzipped: buffer[0] === 0x1f && buffer[1] === 0x8b, size };
}
