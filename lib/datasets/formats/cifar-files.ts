import { join } from 'node:path';
import { lookAt } from '../../files/index.js';
import {
  archiveOf,
  type CifarLayout,
  cifar10Layout,
  cifar100Layout,
  folderOf,
  neededFiles,
} from './cifar.js';
import type { Format, Sighting } from './format.js';

/** The binary version of CIFAR-10 or CIFAR-100: the archive as it is downloaded, its folder, or the files themselves. */
function cifarFiles(layout: CifarLayout): Format {
  return {
    needs: `${layout.archive}, or what it unpacks to: ${neededFiles(layout).join(', ')}`,
    look(place): Sighting {
      if (lookAt(place) === 'file') {
        return /\.(tar|tar\.gz|tgz)$/i.test(place) ? { found: archiveOf(place) } : nothing(layout);
      }
      const archive = join(place, layout.archive);
      if (lookAt(archive) === 'file') return { found: archiveOf(archive) };
      for (const folder of [place, join(place, layout.folder)]) {
        const missing = neededFiles(layout).filter((name) => lookAt(join(folder, name)) !== 'file');
        if (missing.length === 0) return { found: folderOf(folder, layout) };
        if (missing.length < neededFiles(layout).length) return { found: null, missing, isBegun: true };
      }
      return nothing(layout);
    },
  };
}

export const cifar10Files: Format = cifarFiles(cifar10Layout);
export const cifar100Files: Format = cifarFiles(cifar100Layout);

function nothing(layout: CifarLayout): Sighting {
  return { found: null, missing: [layout.archive], isBegun: false };
}
