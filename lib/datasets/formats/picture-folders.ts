import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ClTorchError } from '../../base/errors.js';
import { lookAt } from '../../files/index.js';
import { PythonRandom } from '../../random/python-random.js';
import type { Format } from './format.js';
import { foundPictures, type LabelledPicture, type PictureList } from './picture-part.js';
import { digestOf, picturesBelow } from './picture-sources.js';

const PICTURE = /\.(jpe?g|png|webp|tiff?|gif)$/i;
const TEST_FOLDERS = ['test', 'val', 'validation'];
/** Where nothing says which pictures are for testing, a fifth of each class is, drawn by this seed. */
const [TEST_SHARE, SPLIT_SEED] = [1 / 5, 2024];

/** A folder of pictures for each class. */
interface ClassFolder {
  readonly name: string;
  /** Names of its files, in order. */
  readonly files: readonly string[];
}

/** Folders of pictures by class: below train and test, or at once. */
export const pictureFolders: Format = {
  needs:
    'pictures (JPEG, PNG, WebP, TIFF, GIF) in a folder for each class: train/CLASS and test/CLASS, or CLASS alone, of which a fifth is for testing',
  look(place) {
    if (lookAt(place) !== 'folder') return { found: null, missing: ['train'], isBegun: false };
    const train = classesIn(join(place, 'train'));
    const test = TEST_FOLDERS.find((name) => classesIn(join(place, name)).length > 0);
    if (train.length > 0 && test !== undefined) {
      return { found: foundPictures('pictures', place, ({ signal }) => apart(place, train, test, signal)) };
    }
    if (train.length > 0) return { found: null, missing: ['test/CLASS with pictures'], isBegun: true };
    const classes = classesIn(place);
    if (classes.length > 1) {
      return { found: foundPictures('pictures', place, ({ signal }) => drawn(place, classes, signal)) };
    }
    return { found: null, missing: ['train/CLASS with pictures'], isBegun: false };
  },
};

/** The folders that have pictures, by the order of Python's sorted(). */
function classesIn(folder: string): ClassFolder[] {
  return namesIn(folder)
    .map((name) => ({ name, files: namesIn(join(folder, name)).filter((file) => PICTURE.test(file)) }))
    .filter(({ files }) => files.length > 0);
}

/** What is in a folder, in order, but for hidden things; nothing where it is none. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
}

async function apart(
  place: string,
  train: readonly ClassFolder[],
  test: string,
  signal: AbortSignal | undefined,
): Promise<PictureList> {
  const classNames = train.map(({ name }) => name);
  const measured = classesIn(join(place, test));
  const unknown = measured.find(({ name }) => !classNames.includes(name));
  if (unknown) {
    throw new ClTorchError(
      'DATA_INVALID',
      `${join(place, test)} has the class ${unknown.name}, and ${join(place, 'train')} has not; expected one of ` +
        `${shortList(classNames)}: a class that is never trained cannot be tested.`,
    );
  }
  return listOf(
    place,
    signal,
    classNames,
    labelled('train', train, classNames),
    labelled(test, measured, classNames),
  );
}

async function drawn(
  place: string,
  classes: readonly ClassFolder[],
  signal: AbortSignal | undefined,
): Promise<PictureList> {
  const classNames = classes.map(({ name }) => name);
  const random = new PythonRandom(SPLIT_SEED);
  const [train, test]: [LabelledPicture[], LabelledPicture[]] = [[], []];
  for (const { name, files } of classes) {
    if (files.length < 2) {
      throw new ClTorchError(
        'DATA_INVALID',
        `${join(place, name)} has one picture; expected two at least, for a part of each class is for testing. Add some, or ` +
          'make the folders train and test.',
      );
    }
    const order = Int32Array.from(files, (_, index) => index);
    random.shuffle(order);
    const border = files.length - Math.max(1, Math.floor(TEST_SHARE * files.length));
    const chosen = new Set(order.subarray(border));
    for (const [index, file] of files.entries()) {
      const picture = { name: `${name}/${file}`, label: classNames.indexOf(name) };
      (chosen.has(index) ? test : train).push(picture);
    }
  }
  return listOf(place, signal, classNames, train, test);
}

function labelled(
  part: string,
  folders: readonly ClassFolder[],
  classNames: readonly string[],
): LabelledPicture[] {
  return folders.flatMap(({ name, files }) =>
    files.map((file) => ({ name: `${part}/${name}/${file}`, label: classNames.indexOf(name) })),
  );
}

async function listOf(
  place: string,
  signal: AbortSignal | undefined,
  classNames: readonly string[],
  train: readonly LabelledPicture[],
  test: readonly LabelledPicture[],
): Promise<PictureList> {
  const files = picturesBelow(place);
  const names = [...train, ...test].map(({ name }) => name);
  const digest = await digestOf(files, names, signal);
  const digests = { fileSha256: digest, contentSha256: digest };
  return { files, train, test, classNames, labelsIn: place, digests };
}

function shortList(names: readonly string[]): string {
  return names.length > 10 ? `${names.slice(0, 10).join(', ')}, …` : names.join(', ');
}
