import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readTar } from '../../lib/datasets/formats/tar.js';
import { loadDataset } from '../../lib/datasets/index.js';
import { archived, cifar10Files } from '../support/cifar.js';
import { Choices, FUZZ_INPUTS, FUZZ_PATIENCE_MS, FUZZ_SEED } from '../support/fuzz.js';
import { tar } from '../support/tar.js';

const ARCHIVES = Math.min(500, FUZZ_INPUTS / 10);

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'cl-torch-fuzz-'));
  try {
    await work(join(folder, 'file.tar'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test(`${ARCHIVES} damaged archives are read or refused as DATA_INVALID`, { timeout: FUZZ_PATIENCE_MS }, () =>
  inFolder(async (file) => {
    const choices = new Choices(FUZZ_SEED);
    const plain = tar([
      { name: 'a/one', content: Buffer.alloc(700, 1) },
      { name: 'a/two', content: Buffer.alloc(0) },
      { name: 'three', content: Buffer.alloc(1024, 3) },
    ]);
    for (let input = 0; input < ARCHIVES; ++input) {
      const changed = choices.mutated(plain);
      await writeFile(file, input % 2 === 0 ? changed : choices.mutated(gzipSync(changed)));
      const sizes = new Map<string, number>();
      const visit = {
        wants: () => true,
        take: (name: string, bytes: Buffer) => void sizes.set(name, bytes.length),
      };
      await readTar(file, visit).catch((error) =>
        expect(error, `seed ${FUZZ_SEED}, input ${input}`).toMatchObject({ code: 'DATA_INVALID' }),
      );
      for (const size of sizes.values()) expect(size).toBeLessThan(1e6);
    }
  }),
);

test('damaged CIFAR archives are whole rows or refused as DATA_INVALID', () =>
  inFolder(async (file) => {
    const choices = new Choices(FUZZ_SEED + 1);
    const whole = archived('cifar-10-batches-bin', cifar10Files());
    for (let input = 0; input < 20; ++input) {
      await writeFile(file, choices.mutated(whole));
      try {
        const { train } = await loadDataset('cifar10', { dataDir: file });
        expect(train.images).toHaveLength(3072 * train.labels.length);
      } catch (error) {
        expect(error, `seed ${FUZZ_SEED}, input ${input}`).toMatchObject({ code: 'DATA_INVALID' });
      }
    }
  }));
