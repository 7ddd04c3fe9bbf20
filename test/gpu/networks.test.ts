import { describe, expect, test } from 'vitest';
import type { ModelOptions } from '../../binding.js';
import { loadNative } from '../../lib/session/native.js';
import { Session } from '../../lib/session/session.js';
import { mlpOf } from '../support/network.js';
import { type Trained, trainedByPython, trainLikePython } from '../support/networks.js';
import { describeOnGpu, device } from './gpu.js';
import { python, whyNoPyTorch } from './python.js';

const { cudaDevices } = (await loadNative()).runtimeInfo();
const hasTf32 = Number(cudaDevices[0]?.capability ?? 0) >= 8; // from Ampere on

const PRECISIONS = ['fp32', 'tf32', 'bf16'] as const;

const numbersOf = (tensors: Trained['final']): number[][] => tensors.map(({ data }) => [...data]);

describeOnGpu('networks on a GPU', () => {
  test.skipIf(whyNoPyTorch !== '').each(PRECISIONS)(
    `losses, parameters, running statistics and outputs in %s are those of stock PyTorch on the same GPU${whyNoPyTorch}`,
    async (precision) => {
      const expected = await trainedByPython(python, '--device', 'cuda', '--precision', precision);
      for (const of of expected.cases) {
        const name = `${of.kind} ${of.norm ?? ''} by ${of.optimizer}`;
        const trained = await trainLikePython(expected, of, { device, precision });
        expect.soft(trained.losses, name).toEqual(of.losses);
        expect.soft(trained.logits, name).toEqual(of.logits);
        expect.soft(numbersOf(trained.final), name).toEqual(of.final);
        expect.soft(numbersOf(trained.buffers), name).toEqual(of.buffers);
      }
    },
    300_000,
  );

  test.skipIf(whyNoPyTorch !== '')(
    `the formats differ, and are as near as their bits say${whyNoPyTorch}`,
    async () => {
      const expected = await trainedByPython(python, '--device', 'cpu');
      for (const of of expected.cases.filter(({ kind }) => kind !== 'mlp')) {
        const first = async (where: string, precision: ModelOptions['precision']): Promise<number> =>
          (await trainLikePython(expected, of, { device: where, precision })).losses[0] ?? Number.NaN;
        const wanted = of.losses[0] ?? Number.NaN;
        const [fp32, tf32, bf16] = [
          await first(device, 'fp32'),
          await first(device, 'tf32'),
          await first(device, 'bf16'),
        ];
        expect(Math.abs(fp32 - wanted)).toBeLessThan(1e-5);
        expect(Math.abs(tf32 - wanted)).toBeLessThan(0.02);
        expect(Math.abs(bf16 - wanted)).toBeLessThan(0.1);
        expect(new Set([fp32, tf32, bf16]).size).toBe(hasTf32 ? 3 : 2);
      }
    },
  );

  describe('LibTorch’s switch for tf32, which a process has once', () => {
    const make = (session: Session, precision: ModelOptions['precision']): Promise<void> =>
      session.createModel({ network: mlpOf([16, 8, 4]), seed: 1, engine: 'autograd', precision });

    test('belongs to the sessions that are there; another need is an error that changes nothing', async () => {
      using other = await Session.open({ device, threads: 1 });
      {
        using session = await Session.open({ device, threads: 1 });
        await make(session, 'fp32');
        await make(session, 'tf32'); // its own need may change
        const error = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('one switch for both') };
        await expect(make(other, 'fp32')).rejects.toMatchObject(error);
        await make(other, 'tf32');
        const before = await session.parameters();
        await expect(make(session, 'fp32')).rejects.toMatchObject(error);
        expect(await session.parameters()).toEqual(before);
      }
      await make(other, 'fp32');
    });
  });
});
