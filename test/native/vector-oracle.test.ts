import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/libtorch.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kernels = join(root, 'native/engine/fused/cpu');
const oracle = join(root, 'test/support/vector_oracle.cpp');

/** As CMakeLists.txt has them. */
const x64Options: Readonly<Record<string, readonly string[]>> = {
  'gemm_avx2.cpp': ['-mavx2', '-mfma'],
  'gemm_avx512.cpp': ['-mavx512f', '-Wno-maybe-uninitialized', '-Wno-uninitialized'],
};

const compilers = [
  { name: 'this processor', command: process.env.CXX ?? 'c++', options: x64Options, runner: [] },
  {
    name: '64-bit ARM',
    command: 'aarch64-linux-gnu-g++',
    options: {} as typeof x64Options,
    runner: ['qemu-aarch64'],
  },
];

/** Runs a command; what it prints. */
function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed with status ${status}:\n${stderr}`);
  return stdout;
}

const isThere = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

describe.each(compilers)('the arithmetic of each class of vectors, compiled for $name', (target) => {
  const isX64 = target.runner.length > 0 || process.arch === 'x64';
  const missing = [target.command, ...target.runner].find((command) => !isThere(command));
  const skipped = missing === undefined ? '' : ` (skipped: there is no ${missing})`;

  test.skipIf(skipped !== '' || !isX64)(
    `GEMMs are sums of std::fma bit for bit, with odd sizes, strides, NaN and infinities; functions are near${skipped}`,
    () => {
      const folder = temporaryFolder();
      const sources = readdirSync(kernels).filter((file) => /^gemm_.*\.cpp$/.test(file));
      const objects = [...sources.map((file) => join(kernels, file)), oracle].map((source, place) => {
        const object = join(folder, `${place}.o`);
        const its = target.options[sources[place] ?? ''] ?? [];
        run(target.command, [
          ...[
            '-std=c++20',
            '-O2',
            '-ffp-contract=off',
            '-Wall',
            '-Wextra',
            '-Werror',
            `-I${join(root, 'native')}`,
          ],
          ...[...its, '-c', source, '-o', object],
        ]);
        return object;
      });
      const program = join(folder, 'oracle');
      // The other processor's emulator looks for its shared libraries in places of its own.
      run(target.command, [...(target.runner.length > 0 ? ['-static'] : []), ...objects, '-o', program]);
      const [first = program, ...rest] = [...target.runner, program];
      const wrong = JSON.parse(run(first, rest)) as Record<string, number>;
      expect(Object.keys(wrong)).toEqual(expect.arrayContaining(['plain', 'exponential', 'logarithm']));
      for (const [name, count] of Object.entries(wrong)) expect(count, name).toBe(0);
    },
    120_000,
  );
});
