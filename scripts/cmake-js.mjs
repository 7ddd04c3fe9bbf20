// cmake-js for the scripts: configures or builds the addon in a folder of its own, for the LibTorch of the built one.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRecord } from '../dist/setup/addon/record.js';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs `configure` or `build` with these CMake variables (`NAME=value`), without CUDA. Ends the process on failure. */
export function cmakeJs(command, out, ...variables) {
  const record = readRecord();
  if (record === null) {
    console.error('The addon is not built yet: npm run build.');
    process.exit(1);
  }
  const all = [`LIBTORCH_ROOT=${record.libtorch.root}`, 'CL_TORCH_CUDA=off', ...variables];
  const args = [
    join(root, 'node_modules/cmake-js/bin/cmake-js'),
    command,
    `--out=${out}`,
    ...all.map((variable) => `--CD${variable}`),
    `--parallel=${availableParallelism()}`,
  ];
  try {
    execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
}
