import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPicture } from '../../lib/datasets/formats/picture.js';
import { loadDataset } from '../../lib/datasets/index.js';
import fixture from '../fixtures/pictures.json' with { type: 'json' };
import { Choices, FUZZ_INPUTS, FUZZ_PATIENCE_MS, FUZZ_SEED } from '../support/fuzz.js';
import { cubFolder, writeFiles } from '../support/pictures.js';

const PICTURES = FUZZ_INPUTS / 4;
const files = Object.values(fixture).map(({ file }) => Buffer.from(file, 'base64'));

test(`${PICTURES} damaged pictures are whole or refused`, { timeout: FUZZ_PATIENCE_MS }, async () => {
  const choices = new Choices(FUZZ_SEED);
  for (let input = 0; input < PICTURES; ++input) {
    const bytes = choices.mutated(choices.of(files));
    const read = await readPicture(bytes, choices.of([undefined, 5])).catch((error: unknown) => error);
    if (read instanceof Error) continue;
    const { width, height, bytes: planes } = read as Awaited<ReturnType<typeof readPicture>>;
    expect(planes.length, `seed ${FUZZ_SEED}, input ${input}`).toBe(3 * width * height);
  }
});

test("damaged lists of CUB's are read or refused as DATA_INVALID", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cl-torch-fuzz-'));
  const choices = new Choices(FUZZ_SEED + 1);
  try {
    const whole = await cubFolder(2);
    await writeFiles(folder, whole);
    for (let input = 0; input < 100; ++input) {
      const name = choices.of([
        'images.txt',
        'image_class_labels.txt',
        'train_test_split.txt',
        'classes.txt',
      ]);
      await writeFiles(folder, { [name]: choices.mutated(Buffer.from(whole[name] ?? '')) });
      try {
        const { train, classes } = await loadDataset('cub200', { dataDir: folder, imageSize: 4 });
        expect(Math.max(...train.labels)).toBeLessThan(classes);
      } catch (error) {
        expect(error, `seed ${FUZZ_SEED}, input ${input}`).toMatchObject({ code: 'DATA_INVALID' });
      }
      await writeFiles(folder, { [name]: whole[name] ?? '' });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
