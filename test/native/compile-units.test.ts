import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readRecord } from '../../lib/setup/addon/record.js';
import { temporaryFolder } from '../support/libtorch.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** Settings that decide what a sum comes to: each file's optimisation options, without what all files share. */
type Flags = ReadonlyMap<string, string>;

/** What CMake says of each file of the addon: its options, and how many files are compiled with it as one. */
function configured(unity: 'ON' | 'OFF'): { flags: Flags; together: ReadonlyMap<string, number> } {
  const build = temporaryFolder();
  const variables = {
    CL_TORCH_UNITY: unity,
    CL_TORCH_CUDA: 'off',
    LIBTORCH_ROOT: readRecord()?.libtorch.root,
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_EXPORT_COMPILE_COMMANDS: 'ON',
  };
  const settings = Object.entries(variables).map(([name, value]) => `-D${name}=${value}`);
  execFileSync('cmake', ['-S', checkout, '-B', build, ...settings], { stdio: 'pipe' });
  const flags = new Map<string, string>();
  const together = new Map<string, number>();
  const commands = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8')) as {
    file: string;
    command: string;
  }[];
  const ofAddon = commands.filter(({ command }) => /CMakeFiles\/cl_torch\w*\.dir\//.test(command)); // not of the tests' programs
  for (const { file, command } of ofAddon) {
    const sources = filesOf(file).filter((source) => source.startsWith(join(checkout, 'native')));
    const options = command.split(' ').filter((word) => /^-(O|f|m|D|W(?!invalid-pch)|std)/.test(word));
    for (const source of sources.filter((name) => !/(autograd|fused|speed)\/cuda\//.test(name))) {
      flags.set(source, options.join(' '));
      together.set(source, sources.length);
    }
  }
  return { flags, together };
}

function filesOf(unit: string): string[] {
  if (!unit.endsWith('.cxx')) return [unit];
  return [...readFileSync(unit, 'utf8').matchAll(/^#include "(.+)"$/gm)].map(([, file = '']) => file);
}

test('compiling several files as one changes no option of any file, and leaves those alone that are for some processors only', () => {
  const alone = configured('OFF');
  const units = configured('ON');
  expect(alone.flags.size).toBeGreaterThan(40);
  expect([...units.flags].sort()).toEqual([...alone.flags].sort());
  expect([...alone.together.values()].every((files) => files === 1)).toBe(true);

  const own = (name: string): string => join(checkout, 'native', name);
  // Loops for several classes of vectors have the same bits in each where no product and sum become one operation.
  for (const [file, files] of units.together) {
    if (readFileSync(file, 'utf8').includes('for_vectors.h'))
      expect(units.flags.get(file), file).toContain('-ffp-contract=off');
    // What is compiled for a processor that this one need not be.
    if (/ -mavx/.test(` ${units.flags.get(file)}`)) expect(files, file).toBe(1);
  }
  for (const name of ['avx2', 'avx512'])
    if (process.arch === 'x64')
      expect(units.flags.get(own(`engine/fused/cpu/gemm_${name}.cpp`))).toContain(`-m${name}`);
  expect(Math.max(...units.together.values())).toBeGreaterThan(10);
});
