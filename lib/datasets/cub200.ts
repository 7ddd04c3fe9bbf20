import type { DatasetDefinition } from './define.js';
import { CUB_ARCHIVE, cubFiles } from './formats/cub.js';

const SHA256 = '0c685df5597a8b24909f6a7c9db6d11e008733779a671760afef78feb49bf081';

/**
 * Where the numbers come from: TensorFlow Datasets (url_checksums/caltech_birds2011.txt), the same as torchvision's
 * prototype of CUB200.
 */
export const cub200: DatasetDefinition<'cub200'> = {
  name: 'cub200',
  title: 'photographs of 200 kinds of birds (Wah et al., 2011)',
  classes: 200,
  imageSize: 64,
  mirrors: ['https://data.caltech.edu/records/65de6-vp158/files/'],
  downloads: [{ name: CUB_ARCHIVE, bytes: 1_150_585_339, sha256: SHA256 }],
  format: cubFiles,
  digests: { [CUB_ARCHIVE]: { fileSha256: SHA256, contentSha256: null } },
  places: [],
};
