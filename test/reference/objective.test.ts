import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { learnLikePython, type PythonObjectiveRun } from '../support/objective-runs.js';

const python = process.env.CL_TORCH_PYTHON ?? 'python3';
const script = fileURLToPath(new URL('make_objective.py', import.meta.url));

test('every part of an objective beside PyTorch: losses, parameters and path are equal bit for bit', async () => {
  const { status, stdout, stderr } = spawnSync(python, [script], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const runs = (JSON.parse(stdout) as { runs: PythonObjectiveRun[] }).runs;
  expect(runs).toHaveLength(6);
  for (const { name, losses, parameters, path = [] } of runs) {
    expect({ name, ...(await learnLikePython(name, 'autograd')) }).toEqual({
      name,
      losses,
      parameters,
      path,
    });
  }
});
