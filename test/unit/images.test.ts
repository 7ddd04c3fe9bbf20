import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readImages, type WantedImages } from '../../lib/prediction/images.js';
import { Choices, FUZZ_SEED } from '../support/fuzz.js';
import { idx } from '../support/idx.js';
import { png } from '../support/png.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-images-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Of a square number of pixels: a square. */
function wanted(pixels: number): WantedImages {
  const side = Math.sqrt(pixels);
  return { pixels, size: Number.isInteger(side) && side > 2 ? { width: side, height: side } : undefined };
}

async function read(bytes: Uint8Array, pixels: number): Promise<number[]> {
  const file = join(folder, 'image');
  await writeFile(file, bytes);
  return Array.from((await readImages(file, wanted(pixels))).pixels);
}

// Luminance by ITU-R BT.601, as Pillow's convert('L'): 0.299 R + 0.587 G + 0.114 B.
test.each([
  ['8-bit grey', png({ width: 3, depth: 8, colour: 0 }, [[0, 7, 255]]), [0, 7, 255]],
  ['16-bit grey', png({ width: 3, depth: 16, colour: 0 }, [[0, 0, 128, 128, 255, 255]]), [0, 128, 255]],
  [
    '1-bit grey',
    png({ width: 3, depth: 1, colour: 0 }, [[0b10100000], [0b01000000]]),
    [255, 0, 255, 0, 255, 0],
  ],
  ['4-bit grey', png({ width: 3, depth: 4, colour: 0 }, [[0x0f, 0x70]]), [0, 255, 119]],
  ['grey and alpha', png({ width: 2, depth: 8, colour: 4 }, [[200, 255, 200, 51]]), [200, 40]],
  [
    'red, green, blue',
    png({ width: 4, depth: 8, colour: 2 }, [[255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]]),
    [76, 150, 29, 255],
  ],
  [
    'colours and alpha',
    png({ width: 2, depth: 8, colour: 6 }, [[255, 255, 255, 0, 255, 0, 0, 255]]),
    [0, 76],
  ],
  [
    'a palette of 2 bits',
    png({ width: 3, depth: 2, colour: 3, palette: [0, 0, 0, 255, 0, 0, 255, 255, 255] }, [[0b01100000]]),
    [76, 255, 0],
  ],
])('a PNG of %s', async (_, bytes, grey) => {
  expect(await read(bytes, grey.length)).toEqual(grey);
});

test('an IDX file', async () => {
  expect(await read(idx([2, 1, 2], [1, 2, 3, 4]), 2)).toEqual([1, 2, 3, 4]);
});

describe('refused as DATA_INVALID', () => {
  const image = png({ width: 28, depth: 8, colour: 0 }, Array(28).fill(Array(28).fill(9)));

  test('an image of another size, before it is unpacked', async () => {
    await expect(read(image, 32 * 32)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('28 × 28 pixels, but the network takes 32 × 32'),
    });
    const huge = Buffer.from(image);
    huge.writeUInt32BE(0x7fffffff, 16);
    await expect(read(huge, 784)).rejects.toThrow(/2147483647 × 28 pixels/);
    await expect(read(idx([1, 56, 14], Array(784).fill(0)), 784)).rejects.toThrow(/14 × 56 pixels/);
    await expect(read(idx([1, 2, 2], [1, 2, 3, 4]), 784)).rejects.toThrow(/2 × 2 pixels/);
  });

  test('a file of another kind, or none', async () => {
    await expect(read(Buffer.from('text'), 784)).rejects.toMatchObject({ code: 'DATA_INVALID' });
    await expect(readImages(join(folder, 'none'), { pixels: 784 })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    await writeFile(join(folder, 'no.png'), 'text');
    await expect(readImages(join(folder, 'no.png'), { pixels: 784 })).rejects.toThrow(/damaged PNG/);
    await expect(readImages(folder, { pixels: 784 })).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });

  test('400 damaged files: pixels or a refusal, nothing else', async () => {
    const choices = new Choices(FUZZ_SEED);
    for (let input = 0; input < 400; ++input) {
      const bytes = choices.mutated(image);
      await read(bytes, 784).then(
        (pixels) => expect(pixels).toHaveLength(784),
        (error) => expect(error).toMatchObject({ code: 'DATA_INVALID' }),
      );
    }
  });
});
