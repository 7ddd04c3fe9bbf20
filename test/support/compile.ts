import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compiles sources of this repository that need no LibTorch to a program. */
export function compile(program: string, sources: readonly string[], options: readonly string[] = []): void {
  execFileSync(process.env.CXX ?? 'c++', [
    ...['-std=c++20', '-Wall', '-Wextra', '-Werror', `-I${join(root, 'native')}`, ...options],
    ...[...sources.map((source) => join(root, source)), '-o', program],
  ]);
}
