import { rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { readJson } from '../../files/index.js';

/** What a later attempt must know to go on where an earlier one stopped; kept in `<to>.part.json`. */
export interface PartState {
  readonly url: string;
  /** Strong ETag, else Last-Modified: what If-Range compares. Null when the server sent neither. */
  readonly validator: string | null;
  /** Size of the whole file in bytes; null when the server did not say. */
  readonly total: number | null;
}

const stateSchema: z.ZodType<PartState> = z.object({
  url: z.string(),
  validator: z.string().nullable(),
  total: z.number().int().nonnegative().nullable(),
});

/** A part that can be continued. */
export interface Part extends PartState {
  /** Bytes on disk. */
  readonly size: number;
}

export const partPath = (to: string): string => `${to}.part`;
const statePath = (to: string): string => `${to}.part.json`;

/** The unfinished download of `url` to `to`, or null when there is none that can be continued. */
export async function findPart(to: string, url: string): Promise<Part | null> {
  const state = await readState(to);
  const size = await partSize(to);
  if (state === null || state.url !== url || size === 0) return null;
  if (state.total !== null && size > state.total) return null;
  // Without a validator nothing tells whether the server still has the same file.
  return state.validator === null && size !== state.total ? null : { ...state, size };
}

/** Bytes of the part on disk; 0 when there is none. */
export async function partSize(to: string): Promise<number> {
  return (await stat(partPath(to)).catch(() => null))?.size ?? 0;
}

/** Starts afresh. The old bytes go before the new state comes, so that a crash never pairs the two. */
export async function resetPart(to: string, state: PartState): Promise<void> {
  await removePart(to);
  await writeFile(statePath(to), JSON.stringify(state));
}

/** Removes the part and its state. */
export async function removePart(to: string): Promise<void> {
  await rm(partPath(to), { force: true });
  await removeState(to);
}

/** Removes the state alone, once the part was renamed. */
export async function removeState(to: string): Promise<void> {
  await rm(statePath(to), { force: true });
}

async function readState(to: string): Promise<PartState | null> {
  try {
    return stateSchema.parse(await readJson(statePath(to)));
  } catch {
    return null; // Missing or damaged: the download starts afresh, which is always right.
  }
}
