import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadNative } from '../../lib/session/native.js';
import { caseName, optimizerOf, type PythonOptimizers, preparedLikePython } from '../support/optimizers.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('make_optimizers.py', import.meta.url));

function trained(threads: number): PythonOptimizers {
  const flags = ['--layers', '64,40,10', '--threads', String(threads)];
  const { status, stdout, stderr } = spawnSync(python, [script, ...flags], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  if (status !== 0) throw new Error(`${python} failed:\n${stderr}`);
  return JSON.parse(stdout) as PythonOptimizers;
}

describe.each([1, 2])('networks trained beside PyTorch, %i thread(s)', (threads) => {
  const expected = trained(threads);
  test.each(expected.cases.map((of) => [caseName(of), of] as const))(
    '%s: every loss and parameter is equal',
    async (_name, of) => {
      expect((await loadNative()).runtimeInfo().cpuCapability).toBe(expected.cpuCapability);
      const { session, view } = await preparedLikePython(expected, threads);
      using _ = session;
      await session.createOptimizer(optimizerOf(of));
      const { epochs, batchSize } = expected;
      const losses: number[] = [];
      for (let epoch = 0; epoch < epochs; ++epoch) {
        losses.push(...(await session.trainEpoch({ views: [view], batchSize, epoch, epochs })).losses);
      }
      expect(losses).toEqual(of.losses);
      expect((await session.parameters()).map(({ data }) => [...data])).toEqual(of.final);
    },
  );
});
