import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { linkedAddon } from '../../lib/setup/addon/linked.js';
import { findReadyAddon } from '../../lib/setup/addon/ready.js';
import {
  cleanEnvironment,
  type FakeLibTorch,
  fakeLibTorch,
  temporaryFolder,
  writeTree,
} from '../support/libtorch.js';

let folder: string;
let cache: string;

beforeEach(() => {
  vi.unstubAllEnvs();
  cache = cleanEnvironment();
  folder = temporaryFolder();
});

/** An addon that was built for a LibTorch of the folder `home`, which is still there; no code is in either. */
function addonIn(place: string, { version = '2.14.1', cuda = false } = {}): { addon: string; home: string } {
  const home = fakeLibTorch(join(folder, 'home'), cuda ? { version, cuda: '13.0' } : { version });
  const addon = join(folder, place, 'cl_torch.node');
  mkdirSync(join(addon, '..'), { recursive: true });
  writeFileSync(addon, `\0cl_torch_built_for=${version};\0${cuda ? 'libtorch_cuda.so\0' : ''}`);
  symlinkSync(join(home, 'lib'), join(addon, '../libtorch'));
  return { addon, home };
}

/** A LibTorch as an image for running has it: libraries, and a line that tells the version. */
function librariesOnly(name: string, kind: FakeLibTorch = {}): string {
  const root = fakeLibTorch(join(folder, name), kind);
  rmSync(join(root, 'include'), { recursive: true });
  writeTree(root, { 'version.py': `__version__ = '${kind.version ?? '2.14.1'}+cpu'\n` });
  return root;
}

const codeAndText = (error: unknown): string =>
  `${(error as { code: string }).code} ${(error as Error).message}`;

describe('an addon that is there is used without building', () => {
  test('with the LibTorch it was built for when the variables say nothing, name it, or wish what it is', async () => {
    const { addon, home } = addonIn('prebuilt');
    vi.stubEnv('CL_TORCH_PREBUILD', addon);
    const own = { path: addon, libDir: join(home, 'lib'), version: '2.14.1' };
    expect(await findReadyAddon()).toMatchObject(own);
    vi.stubEnv('LIBTORCH', `${home}/`);
    vi.stubEnv('CL_TORCH_CUDA', 'off');
    expect(await findReadyAddon()).toMatchObject(own);
  });

  test('with the same LibTorch in the folder that LIBTORCH names, without headers', async () => {
    const { addon } = addonIn('prebuilt');
    const elsewhere = librariesOnly('elsewhere');
    vi.stubEnv('CL_TORCH_PREBUILD', addon);
    vi.stubEnv('LIBTORCH', elsewhere);
    expect(await findReadyAddon()).toMatchObject({ libDir: join(elsewhere, 'lib'), version: '2.14.1' });
  });

  test('with the same LibTorch that was moved to a place where LibTorch is looked for', async () => {
    const { addon, home } = addonIn('prebuilt');
    rmSync(home, { recursive: true });
    const other = librariesOnly('other', { version: '2.13.0' });
    const same = librariesOnly('same');
    vi.stubEnv('CL_TORCH_PREBUILD', addon);
    vi.stubEnv('CMAKE_PREFIX_PATH', `${other}:${same}`);
    expect(await findReadyAddon()).toMatchObject({ libDir: join(same, 'lib') });
  });

  test('and a LibTorch that does not tell its version is tried', async () => {
    const { addon } = addonIn('prebuilt');
    const elsewhere = librariesOnly('elsewhere');
    rmSync(join(elsewhere, 'version.py'));
    vi.stubEnv('CL_TORCH_PREBUILD', addon);
    vi.stubEnv('LIBTORCH', elsewhere);
    expect(await findReadyAddon()).toMatchObject({ libDir: join(elsewhere, 'lib'), version: null });
  });
});

describe('an addon that does not fit is told from one that does', () => {
  test.each<[string, { cuda?: boolean }, NodeJS.ProcessEnv, FakeLibTorch | null, RegExp]>([
    ['another version', {}, {}, { version: '2.13.0' }, /is LibTorch 2\.13\.0, and it was built for 2\.14\.1/],
    ['a CPU build for a CUDA addon', { cuda: true }, {}, {}, /a CPU build, and it was built with CUDA/],
    ['CUDA is asked for', {}, { CL_TORCH_CUDA: 'on' }, null, /without CUDA/],
    ['no CUDA is asked for', { cuda: true }, { CL_TORCH_CUDA: 'off' }, null, /with CUDA/],
  ])('when it is %s', async (_, kind, env, elsewhere, reason) => {
    vi.stubEnv('CL_TORCH_PREBUILD', addonIn('prebuilt', kind).addon);
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    if (elsewhere !== null) vi.stubEnv('LIBTORCH', librariesOnly('elsewhere', elsewhere));
    await expect(findReadyAddon().catch(codeAndText)).resolves.toMatch(
      new RegExp(`^ADDON_LOAD_FAILED CL_TORCH_PREBUILD names .*${reason.source}`),
    );
  });

  test('and a LIBTORCH without libraries is an error, never skipped', async () => {
    vi.stubEnv('CL_TORCH_PREBUILD', addonIn('prebuilt').addon);
    vi.stubEnv('LIBTORCH', temporaryFolder());
    await expect(findReadyAddon()).rejects.toMatchObject({ code: 'LIBTORCH_UNUSABLE' });
  });
});

describe('CL_TORCH_PREBUILD', () => {
  test.each(['.', 'build/Release', 'prebuilds/linux-x64'])(
    'names a folder with the addon in %s',
    async (place) => {
      const { addon } = addonIn(`bundle/${place}`);
      vi.stubEnv('CL_TORCH_PREBUILD', join(folder, 'bundle'));
      expect(await findReadyAddon()).toMatchObject({ path: addon, kind: 'named' });
    },
  );

  test.each([
    ['nothing', () => join(folder, 'nothing'), /there is no such file or folder/],
    ['a folder without an addon', () => folder, /no \.node file/],
    ['a device', () => '/dev/null', /neither a file nor a folder/],
  ])('is never ignored: it names %s', async (_, place, reason) => {
    vi.stubEnv('CL_TORCH_PREBUILD', place());
    const told = await findReadyAddon().catch(codeAndText);
    expect(told).toMatch(/^ADDON_LOAD_FAILED CL_TORCH_PREBUILD is '/);
    expect(told).toMatch(reason);
  });
});

describe('a copy of the addon beside a link to another LibTorch', () => {
  test('is made once, in the cache; the package stays as it is', () => {
    const { addon, home } = addonIn('package');
    const elsewhere = join(librariesOnly('elsewhere'), 'lib');
    expect(linkedAddon(addon, join(home, 'lib'))).toBe(addon);
    const copy = linkedAddon(addon, elsewhere);
    expect(copy).toMatch(new RegExp(`^${cache}/addons/\\w+/cl_torch\\.node$`));
    expect(readFileSync(copy)).toEqual(readFileSync(addon));
    expect(linkedAddon(copy, elsewhere)).toBe(copy);
    expect(linkedAddon(addon, elsewhere)).toBe(copy);
  });

  test('is made where temporary files are when the cache cannot be written', () => {
    const { addon } = addonIn('package');
    writeFileSync(join(folder, 'a file'), '');
    vi.stubEnv('CL_TORCH_CACHE', join(folder, 'a file/cache'));
    vi.stubEnv('TMPDIR', folder);
    const elsewhere = join(librariesOnly('elsewhere'), 'lib');
    expect(linkedAddon(addon, elsewhere)).toMatch(
      new RegExp(`^${folder}/cl-torch-\\d+/\\w+/cl_torch\\.node$`),
    );
  });

  test('is never made where another user could have put a file', () => {
    const { addon } = addonIn('package');
    writeFileSync(join(folder, 'a file'), '');
    vi.stubEnv('CL_TORCH_CACHE', join(folder, 'a file/cache'));
    vi.stubEnv('TMPDIR', folder);
    symlinkSync(temporaryFolder(), join(folder, `cl-torch-${process.getuid?.()}`));
    const elsewhere = join(librariesOnly('elsewhere'), 'lib');
    expect(() => linkedAddon(addon, elsewhere)).toThrow(/CL_TORCH_CACHE/);
  });
});
