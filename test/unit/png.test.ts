import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readImages } from '../../lib/prediction/images.js';
import { drawnPng, type PngKind, pngChunk, pngFile } from '../support/png.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-png-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(bytes: Uint8Array, width: number, height: number): Promise<number[]> {
  const file = join(folder, 'image.png');
  await writeFile(file, bytes);
  const { pixels, count } = await readImages(file, { pixels: width * height, size: { width, height } });
  expect(count).toBe(1);
  return Array.from(pixels);
}

/** A colour and its opacity, each from 0 to 1. */
type Paint = readonly [red: number, green: number, blue: number, alpha: number];

/** The picture that every kind of file tells as finely as it can: colours that run, and an opacity that does. */
const picture = (x: number, y: number): Paint => [
  ((37 * x + 11 * y) % 64) / 63,
  ((13 * x + 29 * y) % 64) / 63,
  ((53 * x + 7 * y) % 64) / 63,
  ((19 * x + 41 * y) % 32) / 31,
];

/** Of what the file holds: luminance of ITU-R BT.601 on black, rounded once. */
function greyOf([red, green, blue, alpha]: Paint): number {
  return Math.round(255 * (0.299 * red + 0.587 * green + 0.114 * blue) * alpha);
}

const LEVELS = { 1: 1, 2: 3, 4: 15, 8: 255, 16: 65_535 } as const;
type Depth = keyof typeof LEVELS;
/** An odd width and height, so that lines of few bits end inside a byte and interlacing has ragged passes. */
const [WIDTH, HEIGHT] = [13, 11];
/** Those of an interlaced image may have no column or no row at all. */
const SIZES = [
  [WIDTH, HEIGHT],
  [1, 1],
  [3, 2],
  [28, 28],
] as const;
/** A suggested palette of a truecolour file changes nothing. */
const SUGGESTED = [255, 0, 0, 0, 255, 0, 9, 9, 9];

const at = (depth: Depth, share: number): number => Math.round(share * LEVELS[depth]);
const exact = (depth: Depth, share: number): number => at(depth, share) / LEVELS[depth];
const bytes16 = (value: number): number[] => [value >> 8, value & 255];

interface Encoded {
  readonly kind: Pick<PngKind, 'depth' | 'colour' | 'palette' | 'transparency'>;
  /** Of a pixel: what the file says. */
  readonly samples: (paint: Paint) => number[];
  /** What that means. */
  readonly shown: (paint: Paint) => Paint;
}

function grey(depth: Depth, transparent?: number): Encoded {
  const value = ([red]: Paint): number => at(depth, red);
  return {
    kind: { depth, colour: 0, ...(transparent !== undefined && { transparency: bytes16(transparent) }) },
    samples: (paint) => [value(paint)],
    shown: (paint) => {
      const level = value(paint) / LEVELS[depth];
      return [level, level, level, value(paint) === transparent ? 0 : 1];
    },
  };
}

function colours(depth: 8 | 16, extra: { palette?: number[]; transparent?: Paint } = {}): Encoded {
  const samples = ([red, green, blue]: Paint): number[] => [red, green, blue].map((each) => at(depth, each));
  const { palette, transparent } = extra;
  const hidden = transparent && samples(transparent);
  return {
    kind: {
      depth,
      colour: 2,
      ...(palette && { palette }),
      ...(hidden && { transparency: hidden.flatMap(bytes16) }),
    },
    samples,
    shown: (paint) => {
      const [red = 0, green = 0, blue = 0] = samples(paint).map((each) => each / LEVELS[depth]);
      return [red, green, blue, hidden && samples(paint).join() === hidden.join() ? 0 : 1];
    },
  };
}

function indexed(depth: 1 | 2 | 4 | 8, transparency?: number[]): Encoded {
  const entries = Math.min(2 ** depth, 200);
  const palette = Array.from({ length: 3 * entries }, (_, i) => (i * 89 + 31) % 256);
  const index = ([red]: Paint): number => Math.round(red * (entries - 1));
  return {
    kind: { depth, colour: 3, palette, ...(transparency && { transparency }) },
    samples: (paint) => [index(paint)],
    shown: (paint) => {
      const [red = 0, green = 0, blue = 0] = palette.slice(3 * index(paint), 3 * index(paint) + 3);
      return [red / 255, green / 255, blue / 255, (transparency?.[index(paint)] ?? 255) / 255];
    },
  };
}

const greyAlpha = (depth: 8 | 16): Encoded => ({
  kind: { depth, colour: 4 },
  samples: ([red, , , alpha]) => [at(depth, red), at(depth, alpha)],
  shown: ([red, , , alpha]) => {
    const level = exact(depth, red);
    return [level, level, level, exact(depth, alpha)];
  },
});

const coloursAlpha = (depth: 8 | 16, palette?: number[]): Encoded => ({
  kind: { depth, colour: 6, ...(palette && { palette }) },
  samples: (paint) => paint.map((each) => at(depth, each)),
  shown: (paint) => paint.map((each) => exact(depth, each)) as unknown as Paint,
});

const encodings: Record<string, Encoded> = {
  '1-bit grey': grey(1),
  '2-bit grey': grey(2),
  '4-bit grey': grey(4),
  '8-bit grey': grey(8),
  '16-bit grey': grey(16),
  '1-bit grey, black transparent': grey(1, 0),
  '2-bit grey, a level transparent': grey(2, 2),
  '4-bit grey, a level transparent': grey(4, 7),
  '8-bit grey, white transparent': grey(8, 255),
  '16-bit grey, a level transparent': grey(16, at(16, 20 / 63)),
  '8-bit RGB': colours(8),
  '16-bit RGB': colours(16),
  '8-bit RGB with a suggested palette': colours(8, { palette: SUGGESTED }),
  '16-bit RGB with a suggested palette': colours(16, { palette: SUGGESTED }),
  '8-bit RGB, a colour transparent': colours(8, { transparent: picture(4, 5) }),
  '16-bit RGB, a colour transparent': colours(16, { transparent: picture(2, 1) }),
  '8-bit RGB with both': colours(8, { palette: SUGGESTED, transparent: picture(0, 0) }),
  '1-bit palette': indexed(1),
  '2-bit palette': indexed(2),
  '4-bit palette': indexed(4),
  '8-bit palette': indexed(8),
  '1-bit palette, an entry transparent': indexed(1, [0]),
  '2-bit palette, entries in part transparent': indexed(2, [10, 250, 128]),
  '4-bit palette, entries in part transparent': indexed(4, [0, 33, 66, 99]),
  '8-bit palette, entries in part transparent': indexed(8, [255, 0, 7, 120, 200]),
  '8-bit grey and alpha': greyAlpha(8),
  '16-bit grey and alpha': greyAlpha(16),
  '8-bit RGBA': coloursAlpha(8),
  '16-bit RGBA': coloursAlpha(16),
  '8-bit RGBA with a suggested palette': coloursAlpha(8, SUGGESTED),
  '16-bit RGBA with a suggested palette': coloursAlpha(16, SUGGESTED),
};

describe.each(Object.entries(encodings))('a PNG of %s shows the picture drawn', (_, encoded) => {
  test.each([
    ['line by line', false, 1],
    ['interlaced', true, 1],
    ['in seven chunks', false, 7],
    ['interlaced, in three chunks', true, 3],
  ] as const)('%s', async (__, interlaced, dataChunks) => {
    const { kind, samples, shown } = encoded;
    for (const [width, height] of SIZES) {
      const file = drawnPng({ ...kind, width, height, interlaced, dataChunks }, (x, y) =>
        samples(picture(x, y)),
      );
      const expected = Array.from({ length: width * height }, (___, i) =>
        greyOf(shown(picture(i % width, Math.floor(i / width)))),
      );
      expect(await read(file, width, height)).toEqual(expected);
    }
  });
});

test('16 bits are rounded to the nearest of 256 levels, all of them', async () => {
  const values = Array.from({ length: 256 }, (_, i) => [
    257 * i,
    257 * i + 128,
    Math.max(0, 257 * i - 128),
  ]).flat();
  const levels = values.map((value) => Math.min(value, 65_535));
  const file = drawnPng({ width: levels.length, height: 1, depth: 16, colour: 0 }, (x) => [levels[x] ?? 0]);
  expect(await read(file, levels.length, 1)).toEqual(levels.map((value) => Math.round(value / 257)));
});

describe('a size that is not the network’s is refused', () => {
  const drawn = (width: number, height: number): Buffer =>
    drawnPng({ width, height, depth: 8, colour: 0 }, () => [9]);

  test('14 × 56 pixels are not 28 × 28', async () => {
    const file = join(folder, 'tall.png');
    await writeFile(file, drawn(14, 56));
    await expect(readImages(file, { pixels: 784, size: { width: 28, height: 28 } })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('14 × 56 pixels (width × height), but the network takes 28 × 28'),
    });
    const { pixels } = await readImages(file, { pixels: 784, size: { width: 14, height: 56 } });
    expect(pixels).toHaveLength(784);
  });

  test.each([
    [0, 28],
    [28, 0],
    [0, 0],
  ])('%i × %i pixels', async (width, height) => {
    const bytes = pngFile({ width, height, depth: 8, colour: 0 }, Buffer.alloc(0));
    await expect(read(bytes, 28, 28)).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });
});

test('a few kilobytes that unpack to 80 MB take no more memory than their image', async () => {
  const bomb = deflateSync(Buffer.alloc(80 * 2 ** 20), { level: 9 });
  for (const interlaced of [false, true]) {
    const file = pngFile({ width: 28, height: 28, depth: 8, colour: 0, interlaced }, Buffer.alloc(0));
    const head = file.subarray(0, file.indexOf('IDAT') - 4);
    const before = process.memoryUsage().arrayBuffers;
    const bytes = Buffer.concat([head, pngChunk('IDAT', bomb), pngChunk('IEND', Buffer.alloc(0))]);
    expect(await read(bytes, 28, 28)).toEqual(new Array(784).fill(0));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 2 ** 20);
  }
});

describe('a file that is not right is refused as DATA_INVALID', () => {
  const kind: PngKind = { width: 28, height: 28, depth: 8, colour: 0 };
  const image = drawnPng(kind, (x, y) => [x + y]);
  const refused = async (bytes: Uint8Array, reason: RegExp): Promise<void> => {
    await expect(read(bytes, 28, 28)).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(reason),
    });
  };

  test('cut off anywhere', async () => {
    for (let length = 8; length < image.length; length += 3) {
      await refused(image.subarray(0, length), /damaged PNG/);
      const interlaced = drawnPng({ ...kind, interlaced: true }, (x, y) => [x + y]);
      await refused(interlaced.subarray(0, Math.min(length, interlaced.length - 1)), /damaged PNG/);
    }
  });

  test('pixels that are too few, with every checksum right', async () => {
    for (const interlaced of [false, true]) {
      await refused(pngFile({ ...kind, interlaced }, Buffer.alloc(28 * 20)), /damaged PNG/);
    }
  });

  test('a flipped bit, by the checksum', async () => {
    const place = image.indexOf('IDAT') + 12;
    const flipped = Buffer.from(image);
    flipped[place] = (flipped[place] ?? 0) ^ 1;
    await refused(flipped, /damaged PNG/);
  });

  test.each([
    [2, 4],
    [3, 16],
    [4, 2],
    [6, 1],
    [0, 3],
    [5, 8],
    [1, 8],
  ])('colour type %i with %i bits', async (colour, depth) => {
    await refused(pngFile({ ...kind, colour, depth }, Buffer.alloc(28 * 29)), /there is no colour type/);
  });

  test('a palette that is missing', async () => {
    await refused(pngFile({ ...kind, colour: 3 }, Buffer.alloc(28 * 29)), /damaged PNG/);
  });

  test('a checksum of a part beside the pixels', async () => {
    const bytes = drawnPng({ ...kind, transparency: [0, 9] }, () => [9]);
    const place = bytes.indexOf('tRNS') + 5;
    bytes[place] = 8;
    await refused(bytes, /checksum of its part "tRNS"/);
  });

  test('a file that is far too long for its image', async () => {
    const extra = pngChunk('tEXt', Buffer.alloc(65 * 2 ** 20));
    await refused(Buffer.concat([image.subarray(0, -12), extra]), /far more than its image needs/);
  });

  test('a folder', async () => {
    await expect(readImages(folder, { pixels: 784 })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('it is a folder'),
    });
  });
});
