// Runs the tests of the native code in an addon that AddressSanitizer and UndefinedBehaviorSanitizer watch: an access out
// of bounds, a use after free or undefined behaviour ends the process, and so fails its test.
// Usage: npm run test:sanitize [-- VITEST_ARGUMENTS]   (needs the addon built, and GCC's libasan)
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cmakeJs, root } from './cmake-js.mjs';

// node-gyp-build looks for build/Release in the folder that CL_TORCH_PREBUILD names.
const home = join(root, 'build', 'sanitize');
mkdirSync(home, { recursive: true });

cmakeJs('build', join(home, 'build'), 'CL_TORCH_SANITIZE=ON');

// Node itself has no sanitizer in it: its runtime comes first, with the C++ library whose exceptions it watches.
const library = (name) => execFileSync('c++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
const watched = {
  LD_PRELOAD: ['libasan.so', 'libubsan.so', 'libstdc++.so.6'].map(library).join(':'),
  // Node and V8 leave memory to the end of the process; leaks are what the soak tests look for.
  // A refused allocation is an error that the tests ask for; a large freed block is not kept for long.
  ASAN_OPTIONS:
    'detect_leaks=0:alloc_dealloc_mismatch=0:halt_on_error=1:allocator_may_return_null=1:quarantine_size_mb=64',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
  CL_TORCH_PREBUILD: home,
};
const args =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['test/native', 'test/lifecycle/cancel.test.ts', 'test/fuzz/native/checkpoint.test.ts'];
run(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project=!slow', ...args],
  watched,
);

function run(command, args, env = {}) {
  const { status, signal } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? (signal ? 1 : 0));
}
