import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { predictImages } from '../../lib/prediction/index.js';
import { resumeExperiment, runExperiment } from '../../lib/sweep/experiment.js';
import { idx } from '../support/idx.js';
import { writeFiles } from '../support/pictures.js';

const folder = await mkdtemp(join(tmpdir(), 'cl-torch-normalisation-'));
afterAll(() => rm(folder, { recursive: true }));

const [ROWS, CHANNELS, SIDE] = [24, 3, 5];
const PLANE = SIDE * SIDE;
const pixels = Uint8Array.from(
  { length: ROWS * CHANNELS * PLANE },
  (_, place) => (place * place * 31 + place) % 256,
);
const labels = Uint8Array.from({ length: ROWS }, (_, row) => row % 3);
const [MEANS, DEVIATIONS] = [
  [0.1307, 0.5, 0.44],
  [0.3081, 0.25, 0.7],
] as const;

/** PyTorch's ToTensor and Normalize of a byte, as test/unit/normalisation.test.ts compares them. */
function normalised(byte: number, channel: number): number {
  const moved = Math.fround(Math.fround(byte / 255) - Math.fround(MEANS[channel] ?? 0));
  return Math.fround(moved / Math.fround(DEVIATIONS[channel] ?? 1));
}

function npy(descr: string, shape: readonly number[], content: Uint8Array): Buffer {
  const header = Buffer.from(
    `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }\n`,
  );
  return Buffer.concat([
    Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]),
    header,
    content,
  ]);
}

async function arrays(name: string, examples: Buffer): Promise<string> {
  const y = npy('|u1', [ROWS], labels);
  return writeFiles(join(folder, name), {
    'x_train.npy': examples,
    'x_test.npy': examples,
    'y_train.npy': y,
    'y_test.npy': y,
  });
}

/** Pictures with a frame, normalised by hand: float32 numbers. */
function framed(frame: number): Buffer {
  const side = SIDE + 2 * frame;
  const numbers = Float32Array.from({ length: ROWS * CHANNELS * side * side }, (_, place) => {
    const [x, y] = [(place % side) - frame, (Math.floor(place / side) % side) - frame];
    const plane = Math.floor(place / (side * side));
    const isInside = x >= 0 && y >= 0 && x < SIDE && y < SIDE;
    return normalised(isInside ? (pixels[plane * PLANE + y * SIDE + x] ?? 0) : 0, plane % CHANNELS);
  });
  return npy('<f4', [ROWS, CHANNELS, side, side], Buffer.from(numbers.buffer));
}

const small = {
  strategy: 'er',
  tasks: 2,
  epochs: 2,
  batchSize: 5,
  hidden: [8],
  memorySize: 4,
  device: 'cpu',
  threads: 1,
} as const;
const normalisation = [...MEANS, ...DEVIATIONS];

describe.each(['autograd', 'fused'] as const)('%s', (engine) => {
  test.each([0, 1])(
    'normalised bytes with %i pixels around them train as the same numbers by hand',
    async (padding) => {
      const dataDir = await arrays('bytes', npy('|u1', [ROWS, CHANNELS, SIDE, SIDE], pixels));
      const byHand = await arrays('numbers', framed(padding));
      const input = { ...small, engine, benchmark: 'permuted' } as const;
      const { losses, accuracy } = await runExperiment({ ...input, dataDir, normalisation, padding });
      const expected = await runExperiment({ ...input, dataDir: byHand });
      expect({ losses, accuracy }).toEqual({ losses: expected.losses, accuracy: expected.accuracy });
    },
  );
});

test('what a rotation leaves empty is black, and normalised as black is', async () => {
  const black = await arrays(
    'black',
    npy('|u1', [ROWS, CHANNELS, SIDE, SIDE], new Uint8Array(pixels.length)),
  );
  const input = { ...small, dataDir: black, normalisation } as const;
  const turned = await runExperiment({ ...input, benchmark: 'rotated', angles: [30, 75] });
  const still = await runExperiment({ ...input, benchmark: 'rotated', angles: [0, 0] });
  expect(turned.losses).toEqual(still.losses);
});

test("numbers are normalised, too, and the data set's own numbers are those of its bytes", async () => {
  const dataDir = await arrays('own-bytes', npy('|u1', [ROWS, CHANNELS, SIDE, SIDE], pixels));
  const scaled = Float32Array.from(pixels, (byte) => byte / 255);
  const byHand = await arrays('own', npy('<f4', [ROWS, CHANNELS, SIDE, SIDE], Buffer.from(scaled.buffer)));
  const input = { ...small, normalisation } as const;
  const [bytes, numbers] = [
    await runExperiment({ ...input, dataDir }),
    await runExperiment({ ...input, dataDir: byHand }),
  ];
  expect(bytes.losses).toEqual(numbers.losses);
  const own = await runExperiment({ ...small, dataDir, normalisation: 'data-set' });
  expect(own.losses).not.toEqual(bytes.losses);
});

test('predict and resume normalise as the run did', async () => {
  const rows = Array.from(labels);
  const grey = Array.from(
    pixels.subarray(0, ROWS * PLANE),
    (byte, place) => (byte >> 1) + 40 * (labels[Math.floor(place / PLANE)] ?? 0),
  );
  const dataDir = await writeFiles(join(folder, 'idx'), {
    'train-images-idx3-ubyte': idx([ROWS, SIDE, SIDE], grey),
    'train-labels-idx1-ubyte': idx([ROWS], rows),
    't10k-images-idx3-ubyte': idx([ROWS, SIDE, SIDE], grey),
    't10k-labels-idx1-ubyte': idx([ROWS], rows),
  });
  const out = join(folder, 'run');
  const input = {
    ...small,
    epochs: 15,
    padding: 1,
    normalisation: 'data-set',
    dataDir,
    out,
    checkpointEvery: 'task',
  } as const;
  const { accuracy, losses } = await runExperiment(input);
  for (const task of [0, 1]) {
    const { labels: found } = await predictImages(out, join(dataDir, 't10k-images-idx3-ubyte'), { task });
    const right = found.filter((label: number, row: number) => label === rows[row]).length;
    expect((100 * right) / ROWS).toBeCloseTo(accuracy[1]?.[task] ?? Number.NaN, 6);
  }
  expect((await readFile(join(out, 'model.safetensors'))).toString('latin1')).toContain('normalisationMeans');
  expect((await resumeExperiment(out)).losses).toEqual(losses);
});
