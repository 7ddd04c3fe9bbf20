import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PythonScenarios, runLikePython, writeScenarioData } from '../support/scenarios.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('make_scenarios.py', import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'cl-torch-scenarios-'));
beforeAll(() => writeScenarioData(folder));
afterAll(() => rm(folder, { recursive: true }));

test('a split stream learnt beside PyTorch in each scenario: every loss and accuracy is equal', async () => {
  const { status, stdout, stderr } = spawnSync(python, [script], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const expected of (JSON.parse(stdout) as PythonScenarios).runs) {
    const { losses, result } = await runLikePython(expected, folder, 'autograd');
    expect(losses).toEqual(expected.losses);
    expect(result.accuracy).toEqual(expected.accuracy);
    expect(result.accuracyTaskAware).toEqual(expected.accuracyTaskAware);
  }
});
