import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type BuildRecord, environmentMismatch } from '../../lib/addon/record.js';
import { fakeLibTorch, temporaryFolder } from '../support/libtorch.js';

let libtorch: BuildRecord['libtorch'];

beforeEach(() => {
  const root = fakeLibTorch(join(temporaryFolder(), 'libtorch'));
  libtorch = { root, libDir: join(root, 'lib'), version: '2.14.1', cuda: null, source: 'cache' };
});

describe('an addon fits the environment', () => {
  test('when that says nothing, names the same LibTorch, or wishes what it is', () => {
    expect(environmentMismatch(libtorch, {})).toBeNull();
    expect(environmentMismatch(libtorch, { LIBTORCH: `${libtorch.root}/` })).toBeNull();
    expect(environmentMismatch(libtorch, { CL_TORCH_CUDA: 'off' })).toBeNull();
    expect(environmentMismatch({ ...libtorch, cuda: '13.0' }, { CL_TORCH_CUDA: 'on' })).toBeNull();
  });

  test.each([
    ['another LIBTORCH', {}, { LIBTORCH: '/another/libtorch' }, '/another/libtorch'],
    ['PyTorch is asked for', {}, { LIBTORCH_USE_PYTORCH: '1' }, 'LIBTORCH_USE_PYTORCH'],
    ['CUDA is asked for', {}, { CL_TORCH_CUDA: 'on' }, 'without CUDA'],
    ['no CUDA is asked for', { cuda: '13.0' }, { CL_TORCH_CUDA: 'off' }, 'with CUDA'],
    ['its LibTorch is gone', { libDir: '/gone/lib' }, {}, '/gone/lib'],
  ])('not when %s', (_, difference, env, reason) => {
    expect(environmentMismatch({ ...libtorch, ...difference }, env)).toContain(reason);
  });
});
