import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { outcomeOf } from '../support/child.js';
import { traceExperiment } from '../support/experiment.js';
import { MNIST } from '../support/mnist.js';
import { METHODS } from '../support/parity.js';
import { describeOnGpu } from './gpu.js';
import { python, whyNoPyTorch } from './python.js';

const script = fileURLToPath(new URL('../../scripts/reference.py', import.meta.url));

describeOnGpu("the autograd engine's digits on a GPU", () => {
  test.skipIf(whyNoPyTorch !== '').each(['baseline', 'lfd'] as const)(
    `%s, 2 tasks × 1 epoch, as stock PyTorch on the same GPU${whyNoPyTorch}`,
    async (method) => {
      const flags = [
        '--tasks',
        '2',
        '--epochs',
        '1',
        '--threads',
        '1',
        '--losses',
        '200',
        '--device',
        'cuda',
      ];
      const child = spawn(python, [script, method, '--data', MNIST, ...flags]);
      const outcome = await outcomeOf(child);
      if (outcome.status !== 0) throw new Error(`${python} failed:\n${outcome.stderr}`);
      const expected = JSON.parse(outcome.stdout) as { losses: number[]; accuracy: number[][] };
      const actual = await traceExperiment(
        { ...METHODS[method], tasks: 2, epochs: 1, threads: 1, device: 'cuda' },
        {},
      );
      expect(actual.losses.slice(0, 200)).toEqual(expected.losses);
      expect(actual.accuracy).toEqual(expected.accuracy);
    },
    300_000,
  );
});
