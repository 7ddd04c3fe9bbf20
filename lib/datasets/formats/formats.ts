import { cifar10Files, cifar100Files } from './cifar-files.js';
import { cubFiles } from './cub.js';
import type { Format } from './format.js';
import { idxFiles } from './idx-files.js';
import { numpyFiles } from './numpy-files.js';
import { pictureFolders } from './picture-folders.js';

/** What the user's own data may be; the only place that lists them. The first one that finds all it needs is taken. */
export const formats: readonly Format[] = [
  idxFiles,
  cubFiles,
  cifar10Files,
  cifar100Files,
  numpyFiles,
  pictureFolders,
];
