import { abortSignal, callback, optional, path, type Reader, refused, settle } from '../base/arguments.js';
import { ClTorchError } from '../base/errors.js';
import { shown } from '../base/values.js';
import { type DatasetName, knownDataset } from './catalog.js';
import type { Dataset } from './dataset.js';
import { expectedDigest, foundDigest, type KnownDigests } from './define.js';
import type {
  Content,
  LabelledSplit,
  Part,
  PartRead,
  ReadOptions,
  ReadProgress,
  Split,
} from './formats/format.js';
import { downloadCommand, type Location, requireDataset } from './locate.js';

export interface LoadOptions extends ReadOptions {
  /** Folder or file with data of the user's own; without it the cache and what ships the data set are searched. */
  readonly dataDir?: string | undefined;
}

/**
 * Reads a data set into memory (53 MB for MNIST, 184 MB for CIFAR-10), checked: the published files by their SHA-256, the
 * user's own (`dataDir`) by their structure. docs/data.md lists the formats.
 *
 * @throws ClTorchError `DATA_NOT_FOUND` with every place it looked in; `CHECKSUM_MISMATCH`; `DATA_INVALID`; `ABORTED`.
 */
export async function loadDataset(name: DatasetName, options?: LoadOptions): Promise<Dataset> {
  const { dataDir, ...reading } = settle('loadDataset', options, {
    dataDir: optional(path),
    imageSize: optional(imageSize),
    signal: optional(abortSignal),
    onProgress: optional(callback<(progress: ReadProgress) => void>),
  });
  const location = await requireDataset(name, dataDir);
  const sized = withImageSize(name, location, reading);
  const values = new Map<string, unknown>();
  for (const part of location.found.parts) {
    values.set(part.name, (await readChecked(name, location, part, sized)).value);
  }
  return assemble(name, location, values);
}

const imageSize: Reader<number> = (value, name) => {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 1024) return value;
  throw refused(`${name} must be a whole number from 1 to 1024; found ${shown(value)}.`);
};

/**
 * The options with the size that the pictures are scaled to.
 * @throws {ClTorchError} CONFIG_INVALID when one is given for data that are not scaled.
 */
export function withImageSize(
  name: DatasetName,
  { found, source }: Location,
  options: ReadOptions,
): ReadOptions {
  if (found.isScaled) {
    return { ...options, imageSize: options.imageSize ?? knownDataset(name).imageSize };
  }
  if (options.imageSize === undefined) return options;
  throw new ClTorchError(
    'CONFIG_INVALID',
    `imageSize (--image-size) is ${options.imageSize}, but it is for pictures in files of their own (JPEG, PNG, …), and ` +
      `${source} has none. Leave it out.`,
  );
}

/** Puts the parts together. Throws `DATA_INVALID` when they do not fit each other. */
export function assemble(
  name: DatasetName,
  location: Location,
  values: ReadonlyMap<string, unknown>,
): Dataset {
  const content = location.found.assemble(values);
  const { channels, width, height, classNames, train, test } = content;
  const classes = location.own ? ownClasses(content) : knownDataset(name).classes;
  for (const split of [train, test]) requireLabels(split, classes);
  return {
    name,
    source: location.source,
    channels,
    width,
    height,
    features: channels * width * height,
    classes,
    classNames,
    normalisation: (location.own ? undefined : knownDataset(name).normalisation) ?? null,
    train: withoutSource(train),
    test: withoutSource(test),
  };
}

/** What is known of a part of a published data set. */
export function knownPart(name: DatasetName, { own }: Location, part: Part): KnownDigests | null {
  return own ? null : (knownDataset(name).digests[part.name] ?? null);
}

async function readChecked(
  name: DatasetName,
  location: Location,
  part: Part,
  options: ReadOptions,
): Promise<PartRead<unknown>> {
  const read = await part.read(options);
  const known = knownPart(name, location, part);
  if (known === null) return read;
  const expected = expectedDigest(known);
  const found = foundDigest(known, read);
  if (expected === found) return read;
  throw new ClTorchError(
    'CHECKSUM_MISMATCH',
    `${part.file} is not the published file of ${name}: expected SHA-256 ${expected}, found ${found}. ` +
      `Delete it and get it again (${downloadCommand(name)}); to use your own data, give their place with --data-dir.`,
  );
}

function ownClasses({ classNames, train }: Content): number {
  let highest = 0;
  for (const label of train.labels) highest = Math.max(highest, label);
  return classNames?.length ?? 1 + highest;
}

function requireLabels({ labels, labelsIn }: LabelledSplit, classes: number): void {
  const row = labels.findIndex((label: number) => label >= classes);
  if (row < 0) return;
  throw new ClTorchError(
    'DATA_INVALID',
    `${labelsIn} has the label ${labels[row]} at position ${row}, but the training labels go from 0 to ` +
      `${classes - 1}: a class that is never trained cannot be tested.`,
  );
}

function withoutSource({ images, labels, rows }: LabelledSplit): Split {
  return { images, labels, rows };
}
