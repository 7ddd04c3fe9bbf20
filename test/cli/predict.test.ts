import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel, saveModel } from '../../lib/checkpoint/model-file.js';
import type { RunResult } from '../../lib/runs/types.js';
import { idx } from '../support/idx.js';
import { drawnPng, png } from '../support/png.js';
import { clTorch, type Sandbox, sandbox } from './command.js';

interface Predicted {
  model: string;
  predictions: { label: number; probabilities: number[] }[];
}

let box: Sandbox;
let run: string;
let result: RunResult;
let images: string;
let labels: Buffer;
beforeAll(async () => {
  box = await sandbox();
  run = join(box.folder, 'run');
  const options = [
    '--tasks',
    '2',
    '--epochs',
    '12',
    '--hidden',
    '32',
    '--batch-size',
    '32',
    '--threads',
    '1',
  ];
  const { status } = await clTorch([
    'run',
    'er',
    ...options,
    '--data-dir',
    box.dataDir,
    '--out',
    run,
    '--quiet',
  ]);
  expect(status).toBe(0);
  result = JSON.parse(await readFile(join(run, 'result.json'), 'utf8'));
  images = join(box.dataDir, 't10k-images-idx3-ubyte');
  labels = (await readFile(join(box.dataDir, 't10k-labels-idx1-ubyte'))).subarray(8);
});
afterAll(() => box[Symbol.asyncDispose]());

async function predict(...args: string[]): Promise<Predicted> {
  const { status, stdout, stderr } = await clTorch(['predict', ...args, '--json']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe('of a run', () => {
  test.each([0, 1])('the test images of task %i are told apart as the run itself measured', async (task) => {
    const { predictions } = await predict(run, '--task', String(task), '--images', images);
    const right = predictions.filter(({ label }, row) => label === labels[row]).length;
    expect((100 * right) / labels.length).toBeCloseTo(result.accuracy[1]?.[task] ?? Number.NaN, 6);
    expect(right).toBeGreaterThan(labels.length / 2);
    for (const { label, probabilities } of predictions) {
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      expect(probabilities.indexOf(Math.max(...probabilities))).toBe(label);
    }
  });

  test('a PNG of an image is taken for what the image is, inverted for its negative', async () => {
    const pixels = (await readFile(images)).subarray(16, 16 + 784);
    const all = await predict(run, '--task', '1', '--images', images);
    const lines = (change: (grey: number) => number) =>
      Array.from({ length: 28 }, (_, y) => Array.from(pixels.subarray(28 * y, 28 * (y + 1)), change));
    const shape = { width: 28, depth: 8, colour: 0 };
    const [plain, negative] = [join(box.folder, 'plain.png'), join(box.folder, 'negative.png')];
    await writeFile(
      plain,
      png(
        shape,
        lines((grey) => grey),
      ),
    );
    await writeFile(
      negative,
      png(
        shape,
        lines((grey) => 255 - grey),
      ),
    );
    const same = await predict(join(run, 'model.safetensors'), '--task', '1', '--images', plain);
    const inverted = await predict(run, '--task', '1', '--images', negative, '--invert');
    for (const { predictions } of [same, inverted]) {
      expect(predictions).toHaveLength(1);
      for (const [k, p] of (all.predictions[0]?.probabilities ?? []).entries())
        expect(predictions[0]?.probabilities[k]).toBeCloseTo(p, 5);
    }
  });

  test('text: a line an image', async () => {
    const { stdout } = await clTorch(['predict', run, '--task', '0', '--images', images]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(labels.length);
    expect(lines[3]).toMatch(/^image {3}3: (\d) {3}\(\1 \d+\.\d %, \d \d+\.\d %, \d \d+\.\d %\)$/);
  });
});

test.each([
  ['cnn', ['--channels', '2', '--hidden', '4']],
  ['resnet18', ['--width', '2']],
] as const)('a PNG through a %s is told as the same image of the IDX file', async (network, sizes) => {
  const out = join(box.folder, network);
  const training = ['--tasks', '1', '--epochs', '1', '--threads', '1', '--batch-size', '32', '--quiet'];
  const given = ['--network', network, ...sizes, '--data-dir', box.dataDir, '--out', out];
  const { status, stderr } = await clTorch(['run', 'baseline', ...training, ...given]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const all = await predict(out, '--task', '0', '--images', images);
  const right = all.predictions.filter(({ label }, row) => label === labels[row]).length;
  const { accuracy } = JSON.parse(await readFile(join(out, 'result.json'), 'utf8')) as RunResult;
  expect((100 * right) / labels.length).toBeCloseTo(accuracy[0]?.[0] ?? Number.NaN, 6);
  const pixels = (await readFile(images)).subarray(16, 16 + 784);
  const file = join(box.folder, `${network}.png`);
  await writeFile(
    file,
    drawnPng({ width: 28, height: 28, depth: 8, colour: 0 }, (x, y) => [pixels[28 * y + x] ?? 0]),
  );
  const { predictions } = await predict(out, '--task', '0', '--images', file);
  expect(predictions).toHaveLength(1);
  for (const [k, p] of (all.predictions[0]?.probabilities ?? []).entries()) {
    expect(predictions[0]?.probabilities[k]).toBeCloseTo(p, 5);
  }
});

test('of a network that has diverged: no label, but what is the matter', async () => {
  const { parameters } = await loadModel(join(run, 'model.safetensors'));
  const broken = join(box.folder, 'diverged.safetensors');
  await saveModel(
    broken,
    parameters.map((tensor) => ({ ...tensor, data: tensor.data.map(() => Number.NaN) })),
  );
  const { status, stdout, stderr } = await clTorch(['predict', broken, '--images', images]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/outputs for row 0 .* are not all numbers.*\[DIVERGED\]/s);
});

describe('images of 14 × 56 pixels are not those of 28 × 28', () => {
  const drawn = (width: number, height: number): Buffer =>
    drawnPng({ width, height, depth: 8, colour: 0 }, (x, y) => [x + y]);

  test.each(['png', 'idx'])('for a run of these: %s', async (kind) => {
    const file = join(box.folder, `tall.${kind}`);
    await writeFile(file, kind === 'png' ? drawn(14, 56) : idx([2, 56, 14], new Array(2 * 784).fill(7)));
    const { status, stderr } = await clTorch(['predict', run, '--task', '0', '--images', file]);
    expect(status).toBe(1);
    expect(stderr).toContain('14 × 56 pixels (width × height), but the network takes 28 × 28');
  });

  test('and the other way round, with and without the run beside the model', async () => {
    await using own = await sandbox([14, 56]);
    const out = join(own.folder, 'run');
    const training = ['--tasks', '1', '--epochs', '1', '--hidden', '8', '--threads', '1', '--quiet'];
    const { status } = await clTorch([
      'run',
      'baseline',
      ...training,
      '--data-dir',
      own.dataDir,
      '--out',
      out,
    ]);
    expect(status).toBe(0);
    const [tall, square] = [join(own.folder, 'tall.png'), join(own.folder, 'square.png')];
    await writeFile(tall, drawn(14, 56));
    await writeFile(square, drawn(28, 28));
    const alone = join(own.folder, 'alone.safetensors');
    await copyFile(join(out, 'model.safetensors'), alone);
    for (const model of [[out, '--task', '0'], [alone]]) {
      expect((await predict(...model, '--images', tall)).predictions).toHaveLength(1);
      expect(
        (await predict(...model, '--images', join(own.dataDir, 't10k-images-idx3-ubyte'))).predictions,
      ).toHaveLength(128);
      const refused = await clTorch(['predict', ...model, '--images', square]);
      expect(refused.stderr).toContain('28 × 28 pixels (width × height), but the network takes 14 × 56');
    }
  });
});

test('a model without its run takes the images as they are', async () => {
  const folder = join(box.folder, 'alone');
  await mkdir(folder);
  const model = join(folder, 'model.safetensors');
  await writeFile(model, await readFile(join(run, 'model.safetensors')));
  const { predictions } = await predict(model, '--images', images);
  expect(predictions).toHaveLength(labels.length);
  const { status, stderr } = await clTorch(['predict', model, '--task', '0', '--images', images]);
  expect(status).toBe(2);
  expect(stderr).toContain('there is no config.json beside');
});

test.each([
  [[], 'say of which one the images are. --task takes a whole number from 0 to 1', 2],
  [['--task', '2'], 'The run has 2 tasks; found task 2', 2],
  [['--task', 'x'], 'It must be a whole number from 0', 2],
])('%o is refused', async (args, text, expected) => {
  const { status, stdout, stderr } = await clTorch(['predict', run, '--images', images, ...args]);
  expect([status, stdout]).toEqual([expected, '']);
  expect(stderr).toContain(text);
});

test('a model, a folder or images that are not there are clear errors', async () => {
  const missing = join(box.folder, 'none');
  for (const [model, file] of [
    [missing, images],
    [box.folder, images],
    [run, missing],
  ] as const) {
    const { status, stderr } = await clTorch(['predict', model, '--task', '0', '--images', file]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/\[(FILE_NOT_FOUND|DATA_INVALID)\]\n$/);
  }
});
