import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIdx } from '../../lib/datasets/formats/idx.js';
import type { IdxKind } from '../../lib/datasets/formats/idx-assembler.js';
import { idx, MNIST_FOLDER } from '../support/idx.js';

const images = idx([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const labels = idx([4], [3, 1, 4, 1]);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-idx-'));
});
afterAll(() => rm(folder, { recursive: true }));

function put(bytes: Uint8Array): string {
  const file = join(folder, 'given-file');
  writeFileSync(file, bytes);
  return file;
}

async function expectInvalid(bytes: Uint8Array, kind: IdxKind, ...parts: string[]): Promise<void> {
  const file = put(bytes);
  const error: unknown = await readIdx(file, kind).then(
    () => 'it was accepted',
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'DATA_INVALID' });
  for (const part of [file, ...parts]) expect((error as Error).message).toContain(part);
}

describe('readIdx reads', () => {
  it.each([
    ['plain', images],
    ['gzipped', gzipSync(images)],
  ])('a small %s file of images', async (_, bytes) => {
    const read = await readIdx(put(bytes), 'images');
    expect(read.dims).toEqual([2, 2, 3]);
    expect([...read.values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(read.contentSha256).toBe(createHash('sha256').update(images).digest('hex'));
    expect(read.fileSha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('a small file of labels', async () => {
    const read = await readIdx(put(labels), 'labels');
    expect(read.dims).toEqual([4]);
    expect([...read.values]).toEqual([3, 1, 4, 1]);
  });

  it('a gzip file of two members', async () => {
    const bytes = Buffer.concat([gzipSync(labels.subarray(0, 9)), gzipSync(labels.subarray(9))]);
    expect([...(await readIdx(put(bytes), 'labels')).values]).toEqual([3, 1, 4, 1]);
  });

  it('content that compresses as far as gzip can', async () => {
    const zeros = idx([3000, 28, 28], []);
    const bytes = gzipSync(Buffer.concat([zeros, Buffer.alloc(3000 * 784)]), { level: 9 });
    expect((await readIdx(put(bytes), 'images')).values).toHaveLength(3000 * 784);
  });

  it("MNIST's training labels", async () => {
    const read = await readIdx(join(MNIST_FOLDER, 'train-labels-idx1-ubyte'), 'labels');
    expect(read.dims).toEqual([60000]);
    expect([...read.values.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });

  it("MNIST's training images, whose mean pixel is known to be 33.318421449829934", async () => {
    const read = await readIdx(join(MNIST_FOLDER, 'train-images-idx3-ubyte'), 'images');
    expect(read.dims).toEqual([60000, 28, 28]);
    let sum = 0;
    for (const pixel of read.values) sum += pixel;
    expect(sum / read.values.length).toBe(33.318421449829934);
  });
});

describe('readIdx refuses', () => {
  it('a plain file cut after any number of bytes', async () => {
    for (let length = 0; length < images.length; length++) {
      await expectInvalid(images.subarray(0, length), 'images', length < 16 ? 'header' : 'cut off');
    }
  });

  it('a gzip file cut after any number of bytes', async () => {
    const whole = gzipSync(images);
    for (let length = 2; length < whole.length; length++) {
      await expectInvalid(whole.subarray(0, length), 'images');
    }
  });

  it('gzipped content cut after any number of bytes', async () => {
    for (let length = 0; length < images.length; length++) {
      await expectInvalid(gzipSync(images.subarray(0, length)), 'images');
    }
  });

  it('any flipped bit in the header', async () => {
    for (let bit = 0; bit < 16 * 8; bit++) {
      const flipped = Buffer.from(images);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expectInvalid(flipped, 'images');
      await expectInvalid(gzipSync(flipped), 'images');
    }
  });

  it('a file that is something else', () =>
    expectInvalid(
      Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1'),
      'images',
      '00 00 08 03',
      '89 50 4e 47',
    ));

  it('32-bit floats', () =>
    expectInvalid(idx([1], [0, 0, 0, 0], 0x0d), 'labels', '32-bit floats', 'unsigned'));

  it('labels where images are expected', () =>
    expectInvalid(labels, 'images', '1 dimension(s), as labels have', 'expected images', 'swapped'));

  it('images where labels are expected', () => expectInvalid(images, 'labels', 'as images have', 'swapped'));

  it('bytes after the values', async () => {
    await expectInvalid(
      Buffer.concat([images, Buffer.of(0)]),
      'images',
      'goes on after the 12 values',
      '2 × 2 × 3',
    );
    await expectInvalid(
      gzipSync(Buffer.concat([images, Buffer.of(0)])),
      'images',
      'goes on after the 12 values',
    );
  });

  it.each([[[0, 2, 3]], [[2, 0, 3]], [[2, 2, 0]]])('the sizes %j', (dims) =>
    expectInvalid(idx(dims, []), 'images', 'size of zero', dims.join(' × ')),
  );

  it('sizes whose product no memory holds, without allocating it', async () => {
    const huge = 2 ** 32 - 1;
    await expectInvalid(idx([huge, huge, huge], [1]), 'images', `${huge} × ${huge} × ${huge}`, 'room for 1');
    await expectInvalid(gzipSync(idx([huge, huge, huge], [1])), 'images', 'cut off');
  });

  it('a gzip file whose checksum does not fit its content', async () => {
    const bytes = gzipSync(images);
    const crc = bytes.length - 8;
    bytes.writeUInt32LE(~bytes.readUInt32LE(crc) >>> 0, crc);
    await expectInvalid(bytes, 'images', 'gzip');
  });

  it('a small gzip file that unpacks to far more than its header announces', () =>
    expectInvalid(
      gzipSync(Buffer.concat([labels, Buffer.alloc(50_000_000)])),
      'labels',
      'goes on after the 4',
    ));

  it('a folder, and a file that is not there', async () => {
    const expected = { code: 'DATA_INVALID', message: expect.stringContaining(folder) };
    await expect(readIdx(folder, 'images')).rejects.toMatchObject(expected);
    await expect(readIdx(join(folder, 'none'), 'images')).rejects.toMatchObject(expected);
  });
});
