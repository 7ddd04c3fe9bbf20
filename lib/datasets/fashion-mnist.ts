import type { DatasetDefinition } from './define.js';
import { publishedIdx } from './published.js';

/**
 * Where the numbers come from. `gzBytes` and `gzSha256`: TensorFlow Datasets (url_checksums/fashion_mnist.txt), the same as
 * torchvision-ruby's; they fit the MD5 sums in torchvision's mnist.py. `contentSha256`: measured on Debian's
 * dataset-fashion-mnist, whose files become the published ones, digest for digest, once the name and the time that gzip
 * recorded are put back.
 */
export const fashionMnist: DatasetDefinition<'fashion-mnist'> = {
  name: 'fashion-mnist',
  title: 'clothes (Xiao et al., 2017)',
  classes: 10,
  mirrors: [
    'https://fashion-mnist.s3.eu-central-1.amazonaws.com/',
    'https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/',
  ],
  ...publishedIdx({
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
  }),
  places: [
    {
      label: 'Debian package dataset-fashion-mnist',
      folder: () => '/usr/share/datasets/fashion-mnist',
    },
  ],
};
