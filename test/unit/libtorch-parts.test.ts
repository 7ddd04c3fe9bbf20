import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cacheDir } from '../../lib/base/paths.js';
import { lineNotices, stderrNotices } from '../../lib/setup/libtorch/notices.js';
import { archiveUrl, wheelsOf } from '../../lib/setup/libtorch/pinned.js';
import { rootOfTorchDir, rootsOfPrefix } from '../../lib/setup/libtorch/places.js';
import { readSettings } from '../../lib/setup/libtorch/settings.js';
import { checkFreeSpace } from '../../lib/setup/libtorch/store.js';
import { unzip } from '../../lib/setup/libtorch/unzip.js';
import { chooseVariant, parseDriverVersion } from '../../lib/setup/libtorch/variant.js';
import { cleanEnvironment, temporaryFolder } from '../support/libtorch.js';
import { type ZipMember, zip } from '../support/zip.js';

beforeEach(() => void cleanEnvironment());
afterEach(() => vi.unstubAllEnvs());

describe('which build fits the driver', () => {
  // CUDA 13.0 needs a driver of the branch 580 or newer (CUDA Toolkit 13.0 release notes).
  test.each([
    ['auto', null, 'cpu'],
    ['auto', '535.183.01', 'cpu'],
    ['auto', '579.99', 'cpu'],
    ['auto', '580.65.06', 'cu130'],
    ['auto', '590.44', 'cu130'],
    ['on', null, 'cu130'],
    ['off', '580.65.06', 'cpu'],
  ] as const)('CL_TORCH_CUDA=%s with driver %s: %s', (wish, driver, variant) => {
    expect(chooseVariant(wish, driver)).toBe(variant);
  });

  test.each([
    [
      'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs-builder@U22)\nGCC version:  gcc version 12.2.0 (Debian)',
      '580.65.06',
    ],
    [
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024',
      '535.183.01',
    ],
    ['580.65.06\n580.65.06\n', '580.65.06'],
    ['No devices were found', null],
  ])('reads the version out of %j', (text, version) => {
    expect(parseDriverVersion(text)).toBe(version);
  });
});

describe('settings', () => {
  test.each([
    ['CL_TORCH_CUDA', 'yes', 'auto, on, off'],
    ['CL_TORCH_LIBTORCH_SOURCE', 'conda', 'auto, wheel, archive'],
    ['LIBTORCH_USE_PYTORCH', 'maybe', '1 (yes)'],
    ['CL_TORCH_LIBTORCH_SHA256', 'abc', '64 hexadecimal digits'],
    ['CL_TORCH_LIBTORCH_URL', 'libtorch.zip', 'http or https'],
  ])('%s=%s is refused with what is allowed', (name, value, allowed) => {
    vi.stubEnv(name, value);
    expect(() => readSettings()).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(
          new RegExp(`${name} is '${value}'.*${allowed.replace(/[()]/g, '\\$&')}`),
        ),
      }),
    );
  });

  test('an address makes the archive the only source', () => {
    vi.stubEnv('CL_TORCH_LIBTORCH_URL', 'https://mirror.example/libtorch.zip');
    expect(readSettings().sources).toEqual(['archive']);
    vi.stubEnv('CL_TORCH_LIBTORCH_URL', undefined);
    expect(readSettings().sources).toEqual(['wheel', 'archive']);
  });
});

describe('places', () => {
  test('a cmake folder stands for the root above it', () => {
    expect(rootOfTorchDir('/opt/libtorch/share/cmake/Torch')).toBe('/opt/libtorch');
    expect(rootsOfPrefix('/opt/libtorch/share/cmake/')).toEqual(['/opt/libtorch']);
    expect(rootsOfPrefix('/opt/libtorch')).toEqual(['/opt/libtorch']);
  });

  test('the address of the official archive', () => {
    expect(archiveUrl('cu130')).toBe(
      'https://download.pytorch.org/libtorch/cu130/libtorch-shared-with-deps-2.14.1%2Bcu130.zip',
    );
  });

  test('the CPU build needs torch and the two NVIDIA libraries that libtorch_cpu.so names', () => {
    expect(wheelsOf('cpu').map(({ name }) => name)).toEqual([
      'torch',
      'nvidia-cuda-runtime',
      'nvidia-cuda-cupti',
    ]);
    expect(new Set(wheelsOf('cu130').map(({ sha256 }) => sha256)).size).toBe(17);
  });

  test('the cache folder', () => {
    vi.stubEnv('CL_TORCH_CACHE', undefined);
    vi.stubEnv('HOME', '/home/someone');
    vi.stubEnv('XDG_CACHE_HOME', undefined);
    expect(cacheDir('data', 'mnist')).toBe('/home/someone/.cache/cl-torch/data/mnist');
    vi.stubEnv('XDG_CACHE_HOME', 'relative');
    expect(cacheDir()).toBe('/home/someone/.cache/cl-torch');
    vi.stubEnv('XDG_CACHE_HOME', '/var/cache');
    expect(cacheDir('x')).toBe('/var/cache/cl-torch/x');
    vi.stubEnv('CL_TORCH_CACHE', '/mine');
    expect(cacheDir('x')).toBe('/mine/x');
  });
});

describe('unpacking', () => {
  async function unpack(members: ZipMember[], wanted = (_: string): boolean => true): Promise<string> {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'archive.zip'), zip(members));
    await unzip(join(folder, 'archive.zip'), join(folder, 'inside/into'), wanted);
    return join(folder, 'inside/into');
  }

  test('writes the wanted files with their content', async () => {
    const into = await unpack(
      [
        { name: 'a/', content: '' },
        { name: 'a/one.txt', content: 'one' },
        { name: 'a/b/two.txt', content: Buffer.alloc(100_000, 7) },
        { name: 'a/three.txt', content: 'three' },
      ],
      (name) => !name.includes('three'),
    );
    expect(readFileSync(join(into, 'a/one.txt'), 'utf8')).toBe('one');
    expect(readFileSync(join(into, 'a/b/two.txt')).equals(Buffer.alloc(100_000, 7))).toBe(true);
    expect(readdirSync(join(into, 'a')).sort()).toEqual(['b', 'one.txt']);
  });

  test.each([
    ['a name that leads out of the folder', { name: '../outside.txt', content: 'x' }],
    ['such a name in the middle', { name: 'a/../../outside.txt', content: 'x' }],
    ['an absolute name', { name: '/tmp/outside.txt', content: 'x' }],
    ['a backslash way out', { name: '..\\outside.txt', content: 'x' }],
    ['a symbolic link', { name: 'link', content: '/etc/passwd', mode: 0o120777 }],
  ])('refuses %s', async (_, member) => {
    await expect(unpack([member])).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });
});

describe('notices', () => {
  test('progress becomes a line at the start, each fifth second or tenth part, whichever is later, and the end', () => {
    let time = 0;
    const lines: string[] = [];
    const notices = lineNotices(
      (line) => lines.push(line),
      () => time,
    );
    for (let percent = 0; percent <= 100; percent += 1) {
      time += 1_000;
      notices.progress('file', percent * 1e6, 100e6, 2.5e6);
    }
    expect(lines).toHaveLength(11);
    expect(lines[1]).toBe('file: 10 of 100 MB (10 %), 2.5 MB/s');
    expect(lines.at(-1)).toBe('file: 100 of 100 MB (100 %), 2.5 MB/s');
  });

  test('on a terminal progress is one live line, cut to its width, and other lines go above it', () => {
    const written: string[] = [];
    const stream = { isTTY: true, columns: 20, write: (text: string) => written.push(text) > 0 };
    vi.stubEnv('TERM', 'xterm');
    const notices = stderrNotices(stream as unknown as NodeJS.WriteStream);
    notices.progress('a label', 1e6, 100e6, null);
    notices.line('hello');
    const clearLine = '\r\u001b[K';
    expect(written).toEqual([`${clearLine}a label: 1.0 of 100`, `${clearLine}hello\n`]);
  });
});

test('too little disk space is an error with both sizes and the way out', async () => {
  await expect(checkFreeSpace(1e18)).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    message: expect.stringMatching(/1000000000\.0 GB.*CL_TORCH_CACHE/),
  });
});
