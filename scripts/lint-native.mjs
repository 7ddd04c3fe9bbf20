// Checks the C++ code: its format (.clang-format) and, by a few checks, its sense (.clang-tidy). Reading LibTorch's headers
// takes clang-tidy longer than all of our code, so it gets all that includes them as one unit, and native/node, which
// includes none, as another, both at the same time: half a minute.
// Usage: npm run lint:native   (needs clang-format and clang-tidy 14, and the addon built)
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRecord } from '../dist/setup/addon/record.js';
import { root } from './cmake-js.mjs';

const record = readRecord();
if (record === null) fail('The addon is not built yet: npm run build.');
const format = findTool('clang-format');
const tidy = findTool('clang-tidy');

const files = (folder, ending) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((file) => ending.test(file))
    .map((file) => join(root, folder, file))
    .sort();
const formatted = [...files('native', /\.(h|cpp|cu)$/), ...files('test/emulation', /\.(h|cpp)$/)];
const { status } = spawnSync(format, ['--dry-run', '--Werror', ...formatted], { stdio: 'inherit' });
if (status !== 0) fail(`${format} -i FILE formats a file.`);

const sources = files('native', /\.cpp$/);
const timesDefined = new Map();
for (const name of files('native', /\.(h|cpp)$/).flatMap(constantsOf)) {
  timesDefined.set(name, (timesDefined.get(name) ?? 0) + 1);
}
const isNode = (file) => file.startsWith(join(root, 'native/node/'));
const own = ['-std=c++20', `-I${join(root, 'native')}`, '-Wno-everything'];
const modules = join(root, 'node_modules');
const codes = await Promise.all([
  // The CUDA engine's host side is read with the headers of the emulated device: no CUDA toolkit is needed.
  check(
    'torch',
    sources.filter((file) => !isNode(file)),
    [
      `-I${join(root, 'test/emulation/include')}`,
      '-DCL_TORCH_WITH_CUDA_KERNELS=1',
      `-isystem${join(record.libtorch.root, 'include')}`,
      `-isystem${join(record.libtorch.root, 'include/torch/csrc/api/include')}`,
      // GCC's omp.h, whose attributes Clang does not know; a folder of Clang's own headers comes before.
      '-D__malloc__(free)=',
      `-idirafter${dirname(execFileSync('c++', ['-print-file-name=include/omp.h'], { encoding: 'utf8' }).trim())}`,
    ],
  ),
  check('node', sources.filter(isNode), [
    `-isystem${join(modules, 'node-api-headers/include')}`,
    `-isystem${join(modules, 'node-addon-api')}`,
    '-DNAPI_VERSION=9',
    '-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL',
  ]),
]);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

/** Runs clang-tidy on all files as one, and prints what it finds; resolves to its exit status. */
function check(name, unit, flags) {
  const folder = join(root, 'build/lint');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.cpp`);
  writeFileSync(file, unit.map(included).join(''));
  const child = spawn(
    tidy,
    ['--quiet', `--config-file=${join(root, '.clang-tidy')}`, file, '--', ...own, ...flags],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** A file's line in a unit; a constant that another file has for itself as well gets a name of its own there. */
function included(source, place) {
  const names = constantsOf(source).filter((name) => timesDefined.get(name) > 1);
  const define = names.map((name) => `#define ${name} ${name}${place}\n`).join('');
  const undefine = names.map((name) => `#undef ${name}\n`).join('');
  return `${define}#include "${source}"\n${undefine}`;
}

function constantsOf(file) {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^(?:inline )?constexpr [^=;(]*?\b(k[A-Z]\w*)/gm)].map(([, name]) => name);
}

/** Another version would format and warn otherwise. */
function findTool(name) {
  for (const command of [`${name}-14`, name]) {
    try {
      if (/version 14\./.test(execFileSync(command, ['--version'], { encoding: 'utf8' }))) return command;
    } catch {
      // not there
    }
  }
  return fail(`${name} 14 was not found. On Debian 12: apt-get install ${name}-14`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
