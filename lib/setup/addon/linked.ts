import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ClTorchError, messageOf } from '../../base/errors.js';
import { cacheDir } from '../../base/paths.js';
import { LIBTORCH_LINK, linkedLibDir } from './record.js';

/**
 * An addon that loads LibTorch from `libDir`: the given one where its link leads there, else a copy beside another link. The
 * copies lie in the cache, or where that cannot be written in a folder of this user's under the system's temporary one,
 * so the package's folder may be read-only. All threads and later processes use the same copy.
 * @throws ADDON_LOAD_FAILED when no copy can be made.
 */
export function linkedAddon(addon: string, libDir: string): string {
  const real = realpathSync(libDir);
  if (linkedLibDir(addon) === real) return addon;
  const bytes = readFileSync(addon);
  const key = createHash('sha256').update(bytes).update(`\0${real}`).digest('hex').slice(0, 16);
  const failures: string[] = [];
  for (const place of [() => cacheDir('addons'), privateFolder]) {
    try {
      return copyIn(place(), key, addon, real);
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  throw new ClTorchError(
    'ADDON_LOAD_FAILED',
    `To run with the LibTorch in ${libDir} the addon is copied beside a link to it, and nowhere can be written: ` +
      `${failures.join('; ')}. Set CL_TORCH_CACHE to a folder that you may write, or keep LibTorch where the addon was built for it.`,
  );
}

function copyIn(folder: string, key: string, addon: string, libDir: string): string {
  const place = join(folder, key);
  const copy = join(place, basename(addon));
  if (isComplete(copy, libDir)) return copy;
  const temporary = join(folder, `.tmp-${key}-${randomUUID()}`);
  mkdirSync(temporary, { recursive: true });
  try {
    copyFileSync(addon, join(temporary, basename(addon)));
    symlinkSync(libDir, join(temporary, LIBTORCH_LINK));
    if (existsSync(place) && !isComplete(copy, libDir)) rmSync(place, { recursive: true });
    renameSync(temporary, place);
  } catch (error) {
    if (!isComplete(copy, libDir)) throw error; // otherwise another process was first
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return copy;
}

function isComplete(copy: string, libDir: string): boolean {
  return existsSync(copy) && linkedLibDir(copy) === libDir;
}

/** A folder under the temporary one that only this user can have written to: what lies in it is executed. */
function privateFolder(): string {
  const user = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `cl-torch-${user}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid !== user || (mode & 0o77) !== 0 || !lstatSync(folder).isDirectory()) {
    throw new Error(`${folder} is not this user's alone`);
  }
  return folder;
}
