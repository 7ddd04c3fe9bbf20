import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program of sources of this repository that need no LibTorch, compiled before a file's tests and removed after them. */
export function compiledProgram(sources: readonly string[], options: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'cl-torch-program-'));
  const program = join(folder, 'program');
  beforeAll(() => {
    execFileSync(process.env.CXX ?? 'c++', [
      ...['-std=c++20', '-Wall', '-Wextra', '-Werror', `-I${join(root, 'native')}`, ...options],
      ...[...sources.map((source) => join(root, source)), '-o', program],
    ]);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return program;
}
