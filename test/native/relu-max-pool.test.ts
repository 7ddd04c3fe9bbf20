import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compile } from '../support/compile.js';

const folder = mkdtempSync(join(tmpdir(), 'cl-torch-pool-'));
const program = join(folder, 'relu-max-pool');

beforeAll(() => {
  const options = ['-O3', '-fno-trapping-math', '-ffp-contract=off']; // as CMakeLists.txt has them
  compile(program, ['native/base/vector_class.cpp', 'test/support/relu_max_pool.cpp'], options);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.for(['plain', 'avx2', 'avx512'])(
  'ReLU and max-pooling in one pass have the bits of their definitions, with %s vectors',
  (vectors, { skip }) => {
    const { status, stdout, stderr } = spawnSync(program, {
      encoding: 'utf8',
      env: { ...process.env, CL_TORCH_VECTORS: vectors },
    });
    if (stderr.includes('this processor has')) skip(`this processor has no ${vectors}`);
    expect({ status, wrong: stdout.trim() }).toEqual({ status: 0, wrong: '0' });
  },
);
