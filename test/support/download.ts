import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { dropAfter } from './http-server.js';

/** What the test servers hold. */
export const content: Buffer = Buffer.from(Uint8Array.from({ length: 600_000 }, (_, i) => (i * i) >> 7));
export const half: number = content.length / 2;
export const sha256: string = createHash('sha256').update(content).digest('hex');

export let folder: string;
/** Where the tests download to: a new, empty folder for each. */
export let to: string;

/** Gives each test of the file its own folder, and no proxy. */
export function useDownloadFolder(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cl-torch-download-'));
    to = join(folder, 'file.bin');
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'CL_TORCH_OFFLINE']) {
      vi.stubEnv(name, undefined);
      vi.stubEnv(name.toLowerCase(), undefined);
    }
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
}

/** The folder holds the right file and nothing else. */
export async function expectWholeFile(): Promise<void> {
  expect(await readdir(folder)).toEqual(['file.bin']);
  expect(readFileSync(to).equals(content)).toBe(true);
}

/** Hangs up as soon as the first `sent` bytes are in the part file. */
export function drop(
  response: ServerResponse,
  file: Buffer = content,
  sent: number = half,
  headers?: Record<string, string>,
): void {
  dropAfter(response, file, sent, () => partSize() === sent, headers);
}

export function partSize(): number {
  return statSync(`${to}.part`, { throwIfNoEntry: false })?.size ?? 0;
}
