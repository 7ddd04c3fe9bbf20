import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ClTorchError, messageOf } from '../../base/errors.js';
import { lookAt } from '../../files/index.js';
import type { Content, Found, LabelledSplit, Part } from './format.js';
import { readTar } from './tar.js';

/** One of the two binary versions of CIFAR, as https://www.cs.toronto.edu/~kriz/cifar.html describes them. */
export interface CifarLayout {
  /** The archive's published name, */
  readonly archive: string;
  /** and the folder that it unpacks to. */
  readonly folder: string;
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** A line for each class. */
  readonly names: string;
  /** Bytes of labels before the pixels of a row; the last one is the class. */
  readonly labels: number;
}

export const cifar10Layout: CifarLayout = {
  archive: 'cifar-10-binary.tar.gz',
  folder: 'cifar-10-batches-bin',
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
  names: 'batches.meta.txt',
  labels: 1,
};

/** The first label of a row is the superclass, the second one the class. */
export const cifar100Layout: CifarLayout = {
  archive: 'cifar-100-binary.tar.gz',
  folder: 'cifar-100-binary',
  train: ['train.bin'],
  test: ['test.bin'],
  names: 'fine_label_names.txt',
  labels: 2,
};

const LAYOUTS = [cifar10Layout, cifar100Layout];
const [CHANNELS, SIDE] = [3, 32];
const PIXELS = CHANNELS * SIDE * SIDE;

/** Files by their base names. */
type Files = ReadonlyMap<string, Buffer>;

/** What a part gives: the files in it, an archive's or one. */
interface CifarFiles {
  /** Path of the archive, or of the folder. */
  readonly place: string;
  readonly files: Files;
}

/** An archive as it was downloaded, of either version. */
export function archiveOf(file: string): Found<CifarFiles> {
  const part: Part<CifarFiles> = {
    name: basename(file),
    file,
    async read({ signal }) {
      const files = new Map<string, Buffer>();
      const wanted = new Set(LAYOUTS.flatMap(allFiles));
      const digest = await readTar(file, {
        wants: (name) => wanted.has(basename(name)),
        take: (name, bytes) => void files.set(basename(name), bytes),
        signal,
      });
      return { value: { place: file, files }, fileSha256: digest, contentSha256: digest };
    },
  };
  return { parts: [part], assemble: (values) => contentOf([...values.values()]) };
}

/** The unpacked files in a folder. */
export function folderOf(folder: string, layout: CifarLayout): Found<CifarFiles> {
  const parts = [...layout.train, ...layout.test, layout.names]
    .filter((name) => name !== layout.names || lookAt(join(folder, name)) === 'file')
    .map((name) => partOf(folder, name));
  return { parts, assemble: (values) => contentOf([...values.values()]) };
}

/** The files that must be there. */
export function neededFiles({ train, test }: CifarLayout): string[] {
  return [...train, ...test];
}

function allFiles(layout: CifarLayout): string[] {
  return [...neededFiles(layout), layout.names];
}

function partOf(folder: string, name: string): Part<CifarFiles> {
  const file = join(folder, name);
  return {
    name,
    file,
    async read() {
      const bytes = await readFile(file).catch((error: unknown) => {
        throw new ClTorchError('DATA_INVALID', `${file} cannot be read: ${messageOf(error)}.`, {
          cause: error,
        });
      });
      const digest = createHash('sha256').update(bytes).digest('hex');
      return {
        value: { place: folder, files: new Map([[name, bytes]]) },
        fileSha256: digest,
        contentSha256: digest,
      };
    },
  };
}

function contentOf(read: readonly CifarFiles[]): Content {
  const files: Files = new Map(read.flatMap((each) => [...each.files]));
  const place = read[0]?.place ?? '';
  const layout = LAYOUTS.find((each) => neededFiles(each).some((name) => files.has(name))) ?? cifar10Layout;
  const missing = neededFiles(layout).filter((name) => !files.has(name));
  if (missing.length > 0) {
    throw invalid(`${place} has no ${missing.join(', ')}: expected the files of ${layout.archive}`);
  }
  const classNames = namesIn(files.get(layout.names));
  const split = (names: readonly string[]): LabelledSplit => {
    const rows = names.map((name) => ({
      name: `${name} of ${place}`,
      bytes: files.get(name) ?? Buffer.alloc(0),
    }));
    return splitOf(rows, layout.labels, classNames);
  };
  const shape = { channels: CHANNELS, width: SIDE, height: SIDE };
  return { ...shape, classNames, train: split(layout.train), test: split(layout.test) };
}

function namesIn(bytes: Buffer | undefined): string[] | null {
  const names = (bytes?.toString('utf8') ?? '').split('\n').map((line) => line.trim());
  const known = names.filter((name) => name !== '');
  return known.length > 0 ? known : null;
}

/** Rows of a few labels and 3072 pixels, in the order of the files: red, green, then blue, each 32 × 32, row by row. */
function splitOf(
  files: readonly { readonly name: string; readonly bytes: Buffer }[],
  labelBytes: number,
  classNames: readonly string[] | null,
): LabelledSplit {
  const row = labelBytes + PIXELS;
  for (const { name, bytes } of files) {
    if (bytes.length > 0 && bytes.length % row === 0) continue;
    throw invalid(
      `${name} has ${bytes.length} bytes: expected rows of ${row} bytes, found ${Math.floor(bytes.length / row)} of them ` +
        `and ${bytes.length % row} bytes more`,
    );
  }
  const rows = files.reduce((sum, { bytes }) => sum + bytes.length / row, 0);
  const images = new Uint8Array(rows * PIXELS);
  const labels = new Uint8Array(rows);
  let place = 0;
  for (const { name, bytes } of files) {
    for (let start = 0; start < bytes.length; start += row, ++place) {
      const label = bytes[start + labelBytes - 1] ?? 0;
      if (classNames && label >= classNames.length) {
        throw invalid(
          `${name} has the label ${label} in row ${start / row}: expected 0 to ${classNames.length - 1}, for that many names are given`,
        );
      }
      labels[place] = label;
      images.set(bytes.subarray(start + labelBytes, start + row), place * PIXELS);
    }
  }
  return { images, labels, rows, labelsIn: files.map(({ name }) => name).join(', ') };
}

function invalid(problem: string): ClTorchError {
  return new ClTorchError('DATA_INVALID', `${problem}. Get the file again.`);
}
