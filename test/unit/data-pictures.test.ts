import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dataStatus, loadDataset, verifyDataset } from '../../lib/datasets/index.js';
import { PythonRandom } from '../../lib/random/python-random.js';
// What Pillow reads of files that it has written: see test/reference/make_pictures.py.
import fixture from '../fixtures/pictures.json' with { type: 'json' };
import { archived } from '../support/cifar.js';
import { cubFolder, writeFiles } from '../support/pictures.js';

let folder: string;
let own: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cl-torch-pictures-'));
  own = join(folder, 'own');
  vi.stubEnv('CL_TORCH_CACHE', join(folder, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

type Picture = keyof typeof fixture;
const file = (name: Picture): Buffer => Buffer.from(fixture[name].file, 'base64');
const planes = (name: Picture): number[] => [...Buffer.from(fixture[name].planes, 'base64')];

const colourful = {
  'train/cat/1.jpg': file('jpeg-444'),
  'train/cat/2.png': file('png-colours'),
  'train/ape/b.JPEG': file('jpeg-420'),
  'test/cat/x.webp': file('webp-lossless'),
  'test/ape/x.gif': file('gif'),
  'train/.hidden/a.png': 'no picture',
  'train/cat/notes.txt': 'no picture',
};

describe('a folder for each class', () => {
  test('below train and test: classes and files in order, pixels as Pillow reads them', async () => {
    await writeFiles(own, colourful);
    const dataset = await loadDataset('mnist', { dataDir: own });
    expect(dataset).toMatchObject({ channels: 3, width: 20, height: 16, features: 960, classes: 2 });
    expect(dataset.classNames).toEqual(['ape', 'cat']);
    expect([...dataset.train.labels]).toEqual([0, 1, 1]);
    expect([...dataset.test.labels]).toEqual([0, 1]);
    expect([...dataset.train.images]).toEqual([
      ...planes('jpeg-420'),
      ...planes('jpeg-444'),
      ...planes('png-colours'),
    ]);
    expect([...dataset.test.images]).toEqual([...planes('gif'), ...planes('webp-lossless')]);
  });

  test('has one channel where every picture is grey', async () => {
    const grey = {
      'train/a/1.jpg': file('jpeg-grey'),
      'train/b/1.png': file('png-grey'),
      'val/b/2.png': file('png-grey'),
    };
    await writeFiles(own, grey);
    const { channels, features, train } = await loadDataset('mnist', { dataDir: own });
    expect([channels, features]).toEqual([1, 320]);
    expect([...train.images]).toEqual([
      ...planes('jpeg-grey').slice(0, 320),
      ...planes('png-grey').slice(0, 320),
    ]);
  });

  test("without train and test a fifth of each class is for testing, drawn by Python's random.seed(2024)", async () => {
    const names = ['0', '1', '2', '3', '4', '5', '6'];
    const pictures = Object.fromEntries(
      ['b', 'a'].flatMap((each) => names.map((name) => [`${each}/${name}.png`, file('png-grey')])),
    );
    await writeFiles(own, { ...pictures, 'a/3.png': file('png-colours') });
    const random = new PythonRandom(2024);
    const order = Int32Array.from(names, Number);
    random.shuffle(order);
    const isTested = order.at(-1) === 3;
    const { train, test: measured, classNames } = await loadDataset('mnist', { dataDir: own });
    expect(classNames).toEqual(['a', 'b']);
    expect([...train.labels]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect([...measured.labels]).toEqual([0, 1]);
    const colours = Buffer.from(planes('png-colours'));
    expect(Buffer.from(isTested ? measured.images : train.images).includes(colours)).toBe(true);
  });

  test.each<[string, Record<string, Buffer | string>, RegExp]>([
    [
      'a picture that is cut off',
      { 'train/cat/1.jpg': file('jpeg-444').subarray(0, 400) },
      /train\/cat\/1.jpg of .*own is no picture that can be read/,
    ],
    ['a picture that is none', { 'test/ape/y.png': 'text' }, /test\/ape\/y.png of .*own is no picture/],
    [
      'pictures of different sizes',
      { 'test/ape/y.png': file('wide') },
      /20 × 16 pixels.*100 × 40|100 × 40 pixels.*20 × 16/,
    ],
    [
      'a class that is never trained',
      { 'test/dog/y.png': file('png-grey') },
      /test has the class dog, .*expected one of ape, cat/,
    ],
  ])('%s is refused, and named', async (_, changes, reason) => {
    await writeFiles(own, { ...colourful, ...changes });
    await expect(loadDataset('mnist', { dataDir: own })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(reason),
    });
  });

  test.each<[string, Record<string, Buffer>, RegExp, string]>([
    ['no test folder', { 'train/a/1.png': file('png-grey') }, /own has no test\/CLASS/, 'DATA_NOT_FOUND'],
    [
      'one class alone',
      { 'a/1.png': file('png-grey') },
      /own has no train-images-idx3-ubyte(.*\n)+ {2}- pictures \(JPEG/,
      'DATA_NOT_FOUND',
    ],
    [
      'one picture of a class',
      { 'a/1.png': file('png-grey'), 'a/2.png': file('png-grey'), 'b/1.png': file('png-grey') },
      /b has one picture; expected two/,
      'DATA_INVALID',
    ],
  ])('%s is refused', async (_, files, message, code) => {
    await writeFiles(own, files);
    await expect(loadDataset('mnist', { dataDir: own })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

describe('the cache of pictures', () => {
  const cached = async (): Promise<string[]> =>
    (await readdir(join(folder, 'cache', 'pictures')).catch(() => [])).map((name) =>
      join(folder, 'cache', 'pictures', name),
    );

  /** How many pictures were read from their files. */
  async function reads(imageSize?: number): Promise<number> {
    let most = 0;
    const onProgress = ({ done }: { done: number }): void => {
      most = done;
    };
    await loadDataset('mnist', { dataDir: own, imageSize, onProgress });
    return most;
  }

  test('is read again only when a file, the choice of files or the size has changed', async () => {
    await writeFiles(own, colourful);
    expect(await reads()).toBe(5);
    expect(await reads()).toBe(0);
    expect(await reads(8)).toBe(5);
    await writeFile(join(own, 'train/cat/1.jpg'), file('png-colours'));
    expect(await reads()).toBe(5);
    await rm(join(own, 'train/cat/2.png'));
    expect(await reads()).toBe(4);
    expect(await cached()).toHaveLength(4);
  });

  test('gives what the files give, and is passed by where it was damaged or cut off', async () => {
    await writeFiles(own, colourful);
    const fresh = await loadDataset('mnist', { dataDir: own });
    expect(await loadDataset('mnist', { dataDir: own })).toEqual(fresh);
    const [entry = ''] = await cached();
    const whole = await readFile(entry);
    for (const broken of [
      whole.subarray(0, 90),
      Buffer.concat([whole, Buffer.of(0)]),
      Buffer.from(whole).fill(3, 200, 210),
    ]) {
      await writeFile(entry, broken);
      expect(await reads()).toBe(5);
      expect(await readFile(entry)).toEqual(whole);
    }
  });

  test('is done without where it cannot be written', async () => {
    vi.stubEnv('CL_TORCH_CACHE', join(own, 'train', 'cat', 'notes.txt'));
    await writeFiles(own, colourful);
    expect(await reads()).toBe(5);
    expect(await reads()).toBe(5);
  });

  test('an aborted signal ends the reading', async () => {
    await writeFiles(own, colourful);
    const controller = new AbortController();
    const options = { dataDir: own, signal: controller.signal, onProgress: () => controller.abort() };
    await expect(loadDataset('mnist', options)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(verifyDataset('mnist', options)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await cached()).toEqual([]);
  });
});

describe('CUB-200-2011', () => {
  test.each(['the folder', 'the folder that has it', 'the archive'])('is read from %s', async (place) => {
    const files = await cubFolder(3);
    const packed = Object.fromEntries(
      Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]),
    );
    const dataDir = {
      'the folder': () => writeFiles(own, files),
      'the folder that has it': async () => join(await writeFiles(join(own, 'CUB_200_2011'), files), '..'),
      'the archive': () =>
        writeFiles(own, { 'CUB_200_2011.tgz': gzipSync(archived('CUB_200_2011', packed)) }),
    }[place];
    const dataset = await loadDataset('cub200', { dataDir: (await dataDir?.()) ?? '', imageSize: 8 });
    expect(dataset).toMatchObject({ channels: 3, width: 8, height: 8, classes: 3 });
    expect(dataset.classNames).toEqual(['001.Bird_0', '002.Bird_1', '003.Bird_2']);
    expect([[...dataset.train.labels], [...dataset.test.labels]]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    // The picture of class 1 has (97, 133, 55) and up to 11 more.
    const means = [0, 1, 2].map((channel) => {
      const plane = dataset.train.images.subarray(192 + 64 * channel, 192 + 64 * (channel + 1));
      return [...plane].reduce((sum, byte) => sum + byte, 0) / 64;
    });
    for (const [channel, least] of [97, 133, 55].entries())
      expect(means[channel]).toBeCloseTo(least + 5.5, -1);
  });

  test('is scaled to 64 × 64 pixels unless another size is asked for', async () => {
    await writeFiles(own, await cubFolder(2));
    expect(await loadDataset('cub200', { dataDir: own })).toMatchObject({ width: 64, height: 64 });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a class that is not listed',
      { 'classes.txt': '1 a\n2 b\n' },
      /has the class 3 for .*Bird_2_1.jpg; expected 1 to 2, as classes.txt/,
    ],
    [
      'a picture without a class',
      { 'image_class_labels.txt': '1 1\n' },
      /image_class_labels.txt of .* says nothing of picture 2,/,
    ],
    [
      'a line that is none',
      { 'train_test_split.txt': '1 1\nx\n' },
      /line 2 of train_test_split.txt of .* is "x"; expected a number and a value/,
    ],
    [
      'another word for training',
      { 'train_test_split.txt': '1 yes\n' },
      /has yes for .*; expected 1 for training or 0/,
    ],
    [
      'a picture that is not there',
      { 'images.txt': '1 003.Bird_2/none.jpg\n2 002.Bird_1/Bird_1_0.jpg\n' },
      /none.jpg cannot be read: ENOENT/,
    ],
    ['an empty list', { 'images.txt': '\n' }, /images.txt of .* is empty/],
  ])('%s is refused', async (_, changes, reason) => {
    await writeFiles(own, { ...(await cubFolder(3)), ...changes });
    await expect(loadDataset('cub200', { dataDir: own })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringMatching(reason),
    });
    expect(await verifyDataset('cub200', { dataDir: own })).toMatchObject({ ok: false });
  });

  test('an archive that misses a picture is refused', async () => {
    const files = await cubFolder(2);
    delete files['images/001.Bird_0/Bird_0_0.jpg'];
    const packed = Object.fromEntries(
      Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]),
    );
    await writeFiles(own, { 'CUB_200_2011.tgz': gzipSync(archived('CUB_200_2011', packed)) });
    await expect(loadDataset('cub200', { dataDir: own })).rejects.toMatchObject({
      code: 'DATA_INVALID',
      message: expect.stringContaining('has 3 of the pictures that it lists; expected 4'),
    });
  });

  test('unpacked into the cache it is not taken for the published one, which cannot be checked there', async () => {
    await writeFiles(join(folder, 'cache', 'data', 'cub200'), await cubFolder(2));
    expect((await dataStatus()).find(({ dataset }) => dataset === 'cub200')).toMatchObject({ found: false });
    await expect(loadDataset('cub200')).rejects.toMatchObject({
      code: 'DATA_NOT_FOUND',
      message: expect.stringMatching(/unpacked files, .*give it with --data-dir/),
    });
  });
});

test('a size is refused for data that are not scaled', async () => {
  await expect(loadDataset('digits', { imageSize: 4 })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('imageSize (--image-size) is 4, but it is for pictures in files'),
  });
  for (const imageSize of [0, 1.5, 5000, '8' as unknown as number]) {
    await expect(loadDataset('digits', { imageSize })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  }
});
