import { expect, test } from 'vitest';
import { readPicture } from '../../lib/datasets/formats/picture.js';
// What Pillow reads of files that it has written: see test/reference/make_pictures.py.
import fixture from '../fixtures/pictures.json' with { type: 'json' };

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

test.each(Object.entries(fixture))(
  '%s is read as Pillow reads it',
  async (_, { file, planes, width, height }) => {
    const read = await readPicture(bytes(file), undefined);
    expect({ width: read.width, height: read.height }).toEqual({ width, height });
    expect(Buffer.compare(Buffer.from(read.bytes), bytes(planes))).toBe(0);
  },
);

test('a picture is scaled so that it covers the square, of which the middle is taken', async () => {
  const { width, height, bytes: planes } = await readPicture(bytes(fixture.wide.file), 10);
  expect([width, height]).toEqual([10, 10]);
  // Of 100 × 40 pixels the middle 40 × 40 are left, of one colour but for what the kernel takes of their neighbours.
  const inner = [3, 4, 5, 6].flatMap((x) => Array.from({ length: 10 }, (_, y) => 10 * y + x));
  const channels = [0, 1, 2].map((channel) => new Set(inner.map((pixel) => planes[100 * channel + pixel])));
  expect(channels).toEqual([new Set([10]), new Set([120]), new Set([230])]);
});

test('a small picture is scaled up, too', async () => {
  const { bytes: planes } = await readPicture(bytes(fixture['jpeg-grey'].file), 40);
  expect(planes).toHaveLength(3 * 40 * 40);
});

test.each([
  ['cut off', (file: Buffer) => file.subarray(0, 300)],
  ['damaged', (file: Buffer) => file.fill(255, 650, 690)],
  ['empty', () => Buffer.alloc(0)],
  ['text', () => Buffer.from('no picture at all')],
  ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
])('a JPEG that is %s is refused', async (_, change) => {
  await expect(readPicture(change(bytes(fixture['jpeg-444'].file)), undefined)).rejects.toThrow();
});
