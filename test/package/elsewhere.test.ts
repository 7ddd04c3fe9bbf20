import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { readRecord } from '../../lib/setup/addon/record.js';
import { type ChildOutcome, outcomeOf } from '../support/child.js';
import { temporaryFolder } from '../support/libtorch.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const record = readRecord();

let folder: string;
/** A copy of the package with its addon, as an image for running holds it: no sources, and no compiler on its PATH. */
let installed: string;

beforeEach(() => {
  folder = temporaryFolder();
  installed = join(folder, 'cl-torch');
  for (const part of ['package.json', 'dist', 'bin', 'build/Release']) {
    cpSync(join(checkout, part), join(installed, part), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(checkout, 'node_modules'), join(installed, 'node_modules'));
  mkdirSync(join(folder, 'bin'));
  symlinkSync(process.execPath, join(folder, 'bin/node'));
});

/** LibTorch's libraries in another folder, without headers. */
function libraries(name: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, 'lib'), { recursive: true });
  const libDir = record?.libtorch.libDir ?? '';
  for (const file of readdirSync(libDir)) symlinkSync(join(libDir, file), join(root, 'lib', file));
  writeFileSync(join(root, 'version.py'), `__version__ = '${record?.libtorch.version}+cpu'\n`);
  return root;
}

/** Opens a session, and prints which files of the addon and of LibTorch the process holds. */
function open(env: NodeJS.ProcessEnv): Promise<ChildOutcome> {
  const body = `
    import { readFileSync } from 'node:fs';
    import { Session } from ${JSON.stringify(join(installed, 'dist/index.js'))};
    try {
      const session = await Session.open({ device: 'cpu', threads: 1 });
      session.dispose();
      const files = readFileSync('/proc/self/maps', 'utf8').match(/\\S+(?:cl_torch\\.node|libtorch_cpu\\.so)/g);
      console.log([...new Set(files)].join('\\n'));
    } catch (error) {
      console.log(error.code + ' ' + error.message);
    }`;
  const basics = { PATH: join(folder, 'bin'), CL_TORCH_CACHE: join(folder, 'cache') };
  const args = ['--input-type=module', '-e', body];
  return outcomeOf(spawn(process.execPath, args, { cwd: folder, env: { ...basics, ...env } }));
}

describe('the built addon without compiler, sources and headers', () => {
  test('runs where it was built, and writes nothing', async () => {
    const { stdout, stderr } = await open({});
    expect(stderr).toBe('');
    expect(stdout).toContain(join(installed, 'build/Release/cl_torch.node'));
    expect(existsSync(join(folder, 'cache'))).toBe(false);
  });

  test('runs with the same LibTorch where LIBTORCH says, from a package that is read-only', async () => {
    const elsewhere = libraries('elsewhere');
    chmodSync(join(installed, 'build/Release'), 0o555);
    const { stdout, stderr } = await open({ LIBTORCH: elsewhere });
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`^${folder}/cache/addons/\\w+/cl_torch\\.node`, 'm'));
    const again = await open({ LIBTORCH: elsewhere });
    expect(again.stdout).toBe(stdout);
  });

  test('runs with no home, no cache and no folder to write but the temporary one', async () => {
    const env = { LIBTORCH: libraries('elsewhere'), CL_TORCH_CACHE: '/dev/null/cache', TMPDIR: folder };
    expect((await open(env)).stdout).toMatch(new RegExp(`^${folder}/cl-torch-\\d+/`, 'm'));
  });

  test('runs after LibTorch was moved to a place where it is looked for', async () => {
    rmSync(join(installed, 'build/Release/libtorch'));
    writeFileSync(
      join(installed, 'build/Release/cl_torch.json'),
      JSON.stringify({ ...record, libtorch: { ...record?.libtorch, root: '/gone', libDir: '/gone/lib' } }),
    );
    const { stdout, stderr } = await open({ CMAKE_PREFIX_PATH: libraries('moved') });
    expect(stderr).toBe('');
    expect(stdout).toContain('libtorch_cpu.so');
  });

  test('runs from the file or folder that CL_TORCH_PREBUILD names', async () => {
    for (const named of [
      join(checkout, 'build/Release/cl_torch.node'),
      join(checkout, 'build/Release'),
      checkout,
    ]) {
      const { stdout } = await open({ CL_TORCH_PREBUILD: named });
      expect(stdout, named).toContain(join(checkout, 'build/Release/cl_torch.node'));
    }
    const { stdout } = await open({ CL_TORCH_PREBUILD: join(folder, 'nothing') });
    expect(stdout).toMatch(/^ADDON_LOAD_FAILED CL_TORCH_PREBUILD is '.*nothing', and there is no such file/);
  });

  test('says which LibTorch it needs when LIBTORCH names one of another version', async () => {
    const other = libraries('other');
    writeFileSync(join(other, 'version.py'), "__version__ = '2.13.0+cpu'\n");
    const { stdout, stderr } = await open({ LIBTORCH: other });
    expect(stderr).toMatch(/is LibTorch 2\.13\.0, and it was built for/);
    expect(stdout).toMatch(/^(TOOLCHAIN_MISSING|LIBTORCH_UNUSABLE) /);
  });
});
