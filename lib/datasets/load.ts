import { optional, path, settle } from '../base/arguments.js';
import { ClTorchError } from '../base/errors.js';
import { type DatasetName, knownDataset } from './catalog.js';
import { type KnownFile, ROLES, type Role } from './define.js';
import { type Idx, readIdx } from './idx.js';
import { downloadCommand, type Location, requireDataset } from './locate.js';

/** Images and labels in their file's order. */
export interface Split {
  /** `rows × features` grey values from 0 to 255, row-major. */
  readonly images: Uint8Array;
  /** `rows` classes, from 0. */
  readonly labels: Uint8Array;
  readonly rows: number;
}

export interface Dataset {
  readonly name: DatasetName;
  /** Where it was read from, for people. */
  readonly source: string;
  /** Pixels of an image. */
  readonly width: number;
  readonly height: number;
  /** `width × height`. */
  readonly features: number;
  /** Number of classes: 10, or for the user's own files one more than the highest training label. */
  readonly classes: number;
  readonly train: Split;
  readonly test: Split;
}

/**
 * Reads a data set into memory (53 MB for MNIST), checked: the published files by their SHA-256, the user's own
 * (`dataDir`) by their structure.
 *
 * @param options.dataDir folder with the user's own four IDX files; without it the cache and the packages that ship
 *   the data set are searched.
 * @throws ClTorchError `DATA_NOT_FOUND` with every place it looked in; `CHECKSUM_MISMATCH`; `DATA_INVALID`.
 */
export async function loadDataset(
  name: DatasetName,
  options?: { readonly dataDir?: string | undefined },
): Promise<Dataset> {
  const { dataDir } = settle('loadDataset', options, { dataDir: optional(path) });
  const location = await requireDataset(name, dataDir);
  return assemble(name, location, {
    trainImages: await readChecked(name, location, 'trainImages'),
    trainLabels: await readChecked(name, location, 'trainLabels'),
    testImages: await readChecked(name, location, 'testImages'),
    testLabels: await readChecked(name, location, 'testLabels'),
  });
}

/** Puts four files together. Throws `DATA_INVALID` when they do not fit each other. */
export function assemble(name: DatasetName, location: Location, files: Record<Role, Idx>): Dataset {
  const { trainImages, trainLabels, testImages, testLabels } = files;
  const [, height = 0, width = 0] = trainImages.dims;
  if (testImages.dims[1] !== height || testImages.dims[2] !== width) {
    throw new ClTorchError(
      'DATA_INVALID',
      `The images of ${testImages.file} are ${testImages.dims.slice(1).join(' × ')} pixels, those of ` +
        `${trainImages.file} ${height} × ${width}. Use files that belong together.`,
    );
  }
  const classes = location.own ? 1 + highest(trainLabels.values) : knownDataset(name).classes;
  return {
    name,
    source: location.source,
    width,
    height,
    features: width * height,
    classes,
    train: split(trainImages, trainLabels, classes),
    test: split(testImages, testLabels, classes),
  };
}

/** The SHA-256 a published file is known by: of its content, or of the gzipped file where only that is known. */
export function expectedDigest(known: KnownFile): string {
  return known.contentSha256 ?? known.gzSha256;
}

/** The file's SHA-256, of the same thing as {@link expectedDigest}. */
export function foundDigest(known: KnownFile, idx: Idx): string {
  return known.contentSha256 === null ? idx.fileSha256 : idx.contentSha256;
}

async function readChecked(name: DatasetName, location: Location, role: Role): Promise<Idx> {
  const idx = await readIdx(location.files[role], ROLES[role].kind);
  if (location.own) return idx;
  const known = knownDataset(name).files[role];
  const expected = expectedDigest(known);
  const found = foundDigest(known, idx);
  if (expected === found) return idx;
  throw new ClTorchError(
    'CHECKSUM_MISMATCH',
    `${idx.file} is not the published file of ${name}: expected SHA-256 ${expected}, found ${found}. ` +
      `Delete it and get it again (${downloadCommand(name)}); to use your own files, give their folder with --data-dir.`,
  );
}

function split(images: Idx, labels: Idx, classes: number): Split {
  const [rows = 0] = images.dims;
  if (labels.values.length !== rows) {
    throw new ClTorchError(
      'DATA_INVALID',
      `${labels.file} has ${labels.values.length} labels, but ${images.file} has ${rows} images. ` +
        'Use files that belong together.',
    );
  }
  const row = labels.values.findIndex((label) => label >= classes);
  if (row >= 0) {
    throw new ClTorchError(
      'DATA_INVALID',
      `${labels.file} has the label ${labels.values[row]} at position ${row}, but the training labels go from 0 to ` +
        `${classes - 1}: a class that is never trained cannot be tested.`,
    );
  }
  return { images: images.values, labels: labels.values, rows };
}

function highest(labels: Uint8Array): number {
  return labels.reduce((max, label) => Math.max(max, label), 0);
}
