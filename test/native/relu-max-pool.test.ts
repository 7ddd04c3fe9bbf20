import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compiledProgram } from '../support/compile.js';

const options = ['-O3', '-fno-trapping-math', '-ffp-contract=off']; // as CMakeLists.txt has them
const program = compiledProgram(['native/base/vector_class.cpp', 'test/support/relu_max_pool.cpp'], options);

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
