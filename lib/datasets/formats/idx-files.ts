import { join } from 'node:path';
import { ClTorchError } from '../../base/errors.js';
import { lookAt } from '../../files/index.js';
import { type Content, type Format, type LabelledSplit, partNamed } from './format.js';
import { type Idx, readIdx } from './idx.js';
import type { IdxKind } from './idx-assembler.js';

/** The four files of a data set. */
export type Role = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';

/** Each file's base name as its publishers give it, in the order they are read, and what it holds. */
export const ROLES: Readonly<Record<Role, { readonly file: string; readonly kind: IdxKind }>> = {
  trainImages: { file: 'train-images-idx3-ubyte', kind: 'images' },
  trainLabels: { file: 'train-labels-idx1-ubyte', kind: 'labels' },
  testImages: { file: 't10k-images-idx3-ubyte', kind: 'images' },
  testLabels: { file: 't10k-labels-idx1-ubyte', kind: 'labels' },
};

export const ROLE_NAMES: readonly Role[] = ['trainImages', 'trainLabels', 'testImages', 'testLabels'];

/** The four files of MNIST's format, gzipped or not. */
export const idxFiles: Format = {
  needs: `four IDX files: ${ROLE_NAMES.map((role) => ROLES[role].file).join(', ')}, each with or without .gz`,
  look(place) {
    const files = ROLE_NAMES.map((role) => ({ ...ROLES[role], path: firstFile(place, ROLES[role].file) }));
    const missing = files.filter(({ path }) => path === null).map(({ file }) => file);
    if (missing.length > 0) return { found: null, missing, isBegun: missing.length < files.length };
    const parts = files.map(({ file: name, kind, path }) => ({
      name,
      file: path ?? '',
      async read() {
        const value = await readIdx(path ?? '', kind);
        return { value, fileSha256: value.fileSha256, contentSha256: value.contentSha256 };
      },
    }));
    return { found: { parts, assemble } };
  },
};

function assemble(values: ReadonlyMap<string, Idx>): Content {
  const [trainImages, trainLabels, testImages, testLabels] = ROLE_NAMES.map((role) =>
    partNamed(values, ROLES[role].file),
  ) as [Idx, Idx, Idx, Idx];
  const [, height = 0, width = 0] = trainImages.dims;
  if (testImages.dims[1] !== height || testImages.dims[2] !== width) {
    throw new ClTorchError(
      'DATA_INVALID',
      `The images of ${testImages.file} are ${testImages.dims.slice(1).join(' × ')} pixels, those of ` +
        `${trainImages.file} ${height} × ${width}. Use files that belong together.`,
    );
  }
  return {
    channels: 1,
    width,
    height,
    classNames: null,
    train: split(trainImages, trainLabels),
    test: split(testImages, testLabels),
  };
}

function split(images: Idx, labels: Idx): LabelledSplit {
  const [rows = 0] = images.dims;
  if (labels.values.length !== rows) {
    throw new ClTorchError(
      'DATA_INVALID',
      `${labels.file} has ${labels.values.length} labels, but ${images.file} has ${rows} images. ` +
        'Use files that belong together.',
    );
  }
  return { images: images.values, labels: labels.values, rows, labelsIn: labels.file };
}

/**
 * `train-images-idx3-ubyte` is also seen as `train-images.idx3-ubyte`, and each with `.gz`. Where none of these is a
 * file, a folder of such a name may hold it: Kaggle's archive of MNIST unpacks to such folders.
 */
function firstFile(folder: string, file: string): string | null {
  const dotted = file.replace('-idx', '.idx');
  const names = [file, dotted, `${file}.gz`, `${dotted}.gz`];
  const inFolders = names.flatMap((outer) => names.map((name) => join(outer, name)));
  for (const name of [...names, ...inFolders]) {
    const path = join(folder, name);
    if (lookAt(path) === 'file') return path;
  }
  return null;
}
