import type { DatasetDefinition } from './define.js';
import { publishedIdx } from './published.js';

/**
 * Where the numbers come from. `gzBytes` and `gzSha256`: TensorFlow Datasets (url_checksums/kmnist.txt), the same as
 * torchvision-ruby's; they fit the MD5 sums in torchvision's mnist.py.
 */
export const kmnist: DatasetDefinition<'kmnist'> = {
  name: 'kmnist',
  title: 'handwritten hiragana (Clanuwat et al., 2018)',
  classes: 10,
  mirrors: ['https://codh.rois.ac.jp/kmnist/dataset/kmnist/'],
  ...publishedIdx({
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
  }),
  places: [],
};
