import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClTorchError, messageOf } from '../../base/errors.js';
import { lookAt } from '../../files/index.js';
import type { Format, ReadOptions } from './format.js';
import { foundPictures, type LabelledPicture, type PictureList } from './picture-part.js';
import { digestOf, picturesBelow, picturesInTar } from './picture-sources.js';
import { readTar } from './tar.js';

export const CUB_ARCHIVE = 'CUB_200_2011.tgz';
const FOLDER = 'CUB_200_2011';
const LISTS = ['images.txt', 'image_class_labels.txt', 'train_test_split.txt', 'classes.txt'] as const;

type Texts = Readonly<Record<(typeof LISTS)[number], string>>;

/** CUB-200-2011, as its README describes it: the archive as it is downloaded, or the folder that it unpacks to. */
export const cubFiles: Format = {
  needs: `${CUB_ARCHIVE}, or what it unpacks to: images/, ${LISTS.join(', ')}`,
  look(place) {
    if (lookAt(place) === 'file') {
      const isArchive = /^cub.*\.(tgz|tar\.gz|tar)$/i.test(basename(place));
      return isArchive ? { found: archiveAt(place) } : nothing([CUB_ARCHIVE], false);
    }
    const archive = join(place, CUB_ARCHIVE);
    if (lookAt(archive) === 'file') return { found: archiveAt(archive) };
    for (const folder of [place, join(place, FOLDER)]) {
      const missing = LISTS.filter((name) => lookAt(join(folder, name)) !== 'file');
      if (missing.length === 0) {
        return { found: foundPictures(FOLDER, folder, (options) => folderList(folder, options)) };
      }
      if (!missing.includes('images.txt')) return nothing(missing, true);
    }
    return nothing([CUB_ARCHIVE], false);
  },
};

function nothing(missing: readonly string[], isBegun: boolean): ReturnType<Format['look']> {
  return { found: null, missing, isBegun };
}

function archiveAt(archive: string): ReturnType<typeof foundPictures> {
  return foundPictures(basename(archive), archive, (options) => archiveList(archive, options));
}

async function folderList(folder: string, { signal }: ReadOptions): Promise<PictureList> {
  const texts: Record<string, string> = {};
  for (const name of LISTS) {
    texts[name] = await readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      throw new ClTorchError('DATA_INVALID', `${join(folder, name)} cannot be read: ${messageOf(error)}.`, {
        cause: error,
      });
    });
  }
  const list = parsed(folder, texts as Texts);
  const files = picturesBelow(join(folder, 'images'));
  const digest = await digestOf(files, namesOf(list), signal);
  return { ...list, files, digests: { fileSha256: digest, contentSha256: digest } };
}

async function archiveList(archive: string, { signal }: ReadOptions): Promise<PictureList> {
  const texts: Record<string, string> = {};
  let prefix = '';
  const digest = await readTar(archive, {
    wants: (name) => LISTS.some((each) => each === basename(name)) && basename(dirname(name)) !== 'parts',
    take: (name, bytes) => {
      texts[basename(name)] = bytes.toString('utf8');
      if (basename(name) === 'images.txt') prefix = `${dirname(name)}/images/`;
    },
    signal,
  });
  const missing = LISTS.filter((name) => texts[name] === undefined);
  if (missing.length > 0)
    throw invalid(`${archive} has no ${missing.join(', ')}: expected the files of ${CUB_ARCHIVE}`);
  const files = picturesInTar(archive, prefix);
  return {
    ...parsed(archive, texts as Texts),
    files,
    digests: { fileSha256: digest, contentSha256: digest },
  };
}

function namesOf({ train, test }: Pick<PictureList, 'train' | 'test'>): string[] {
  return [...train, ...test].map(({ name }) => name);
}

/** The lists have a line for each picture, with its number first: its path, its class from 1 on, and whether it is for training. */
function parsed(place: string, texts: Texts): Omit<PictureList, 'files' | 'digests'> {
  const table = (name: keyof Texts): Map<string, string> => tableOf(`${name} of ${place}`, texts[name]);
  const [images, labels, splits, classes] = LISTS.map(table) as [Table, Table, Table, Table];
  const [train, test]: [LabelledPicture[], LabelledPicture[]] = [[], []];
  for (const [id, name] of images) {
    const label = Number(required(labels, id, `image_class_labels.txt of ${place}`, name)) - 1;
    if (!(label >= 0 && label < classes.size)) {
      throw invalid(
        `image_class_labels.txt of ${place} has the class ${labels.get(id)} for ${name}; expected 1 to ${classes.size}, as classes.txt has them`,
      );
    }
    const isTrain = required(splits, id, `train_test_split.txt of ${place}`, name);
    if (isTrain !== '0' && isTrain !== '1') {
      throw invalid(
        `train_test_split.txt of ${place} has ${isTrain} for ${name}; expected 1 for training or 0`,
      );
    }
    (isTrain === '1' ? train : test).push({ name, label });
  }
  for (const [part, pictures] of [
    ['training', train],
    ['test', test],
  ] as const) {
    if (pictures.length === 0) throw invalid(`train_test_split.txt of ${place} has no ${part} picture`);
  }
  return { train, test, classNames: [...classes.values()], labelsIn: `image_class_labels.txt of ${place}` };
}

type Table = Map<string, string>;

function tableOf(name: string, text: string): Table {
  const table: Table = new Map();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, id, value] = /^(\d+) (\S.*?)\s*$/.exec(line) ?? [];
    if (id === undefined || value === undefined) {
      throw invalid(
        `line ${index + 1} of ${name} is ${JSON.stringify(line.slice(0, 80))}; expected a number and a value`,
      );
    }
    if (table.has(id)) throw invalid(`${name} has the number ${id} twice`);
    table.set(id, value);
  }
  if (table.size === 0) throw invalid(`${name} is empty`);
  return table;
}

function required(table: Table, id: string, where: string, picture: string): string {
  const value = table.get(id);
  if (value === undefined) throw invalid(`${where} says nothing of picture ${id}, ${picture}`);
  return value;
}

function invalid(problem: string): ClTorchError {
  return new ClTorchError('DATA_INVALID', `${problem}. Get the data set again.`);
}
