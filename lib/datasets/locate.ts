import { join, resolve } from 'node:path';
import { ClTorchError } from '../base/errors.js';
import { cacheDir, cacheDirIfAny } from '../base/paths.js';
import { lookAt, whyUnreadable } from '../files/index.js';
import { type DatasetName, knownDataset } from './catalog.js';
import { ROLE_NAMES, ROLES, type Role } from './define.js';

/** Where the four files of a data set lie. */
export interface Location {
  /** For people: what kind of place it is, and the folder. */
  readonly source: string;
  readonly files: Readonly<Record<Role, string>>;
  /** The user's own folder: any IDX files count there, not only the published ones. */
  readonly own: boolean;
}

interface Place {
  readonly label: string;
  /** Null when what would hold it is not installed. */
  readonly folder: string | null;
}

/**
 * Finds a data set: in `dataDir` and only there when it is given, else in the cache, then in what ships it. Looks at names only, and for files. Null when it is nowhere.
 */
export async function findDataset(name: DatasetName, dataDir?: string): Promise<Location | null> {
  for (const place of placesOf(name, dataDir)) {
    const { files, missing } = await search(place.folder);
    if (missing.length > 0 || place.folder === null) continue;
    return { source: `${place.label} (${place.folder})`, files, own: dataDir !== undefined };
  }
  return null;
}

/** As {@link findDataset}; throws `DATA_NOT_FOUND` with every place it looked in. */
export async function requireDataset(name: DatasetName, dataDir?: string): Promise<Location> {
  const location = await findDataset(name, dataDir);
  if (location !== null) return location;
  const places = placesOf(name, dataDir);
  const trail = await Promise.all(places.map(async (place) => `  - ${place.label}: ${await whyNot(place)}`));
  const names = Object.values(ROLES).map(({ file }) => file);
  const remedy =
    dataDir === undefined
      ? `Get it with: ${downloadCommand(name)}\nor give the folder of your own copy with --data-dir.`
      : `The folder must hold ${names.join(', ')} (each with or without .gz). Without --data-dir the published data set is used.`;
  throw new ClTorchError(
    'DATA_NOT_FOUND',
    `The data set ${name} was not found. Looked in:\n${trail.join('\n')}\n${remedy}`,
  );
}

/** What a user runs to get a data set. */
export function downloadCommand(name: DatasetName): string {
  return `npx cl-torch data download ${name}`;
}

/**
 * The folder downloads of a data set go to.
 * @throws {ClTorchError} What {@link cacheDir} throws.
 */
export function datasetCache(name: DatasetName): string {
  return cacheDir('data', name);
}

function placesOf(name: DatasetName, dataDir: string | undefined): Place[] {
  const { places } = knownDataset(name);
  if (dataDir !== undefined) return [{ label: 'data folder', folder: resolve(dataDir) }];
  const cache = { label: 'cache', folder: cacheDirIfAny('data', name) };
  return [cache, ...places.map(({ label, folder }) => ({ label, folder: folder() }))];
}

async function search(folder: string | null): Promise<{ files: Record<Role, string>; missing: string[] }> {
  const files: Record<Role, string> = { trainImages: '', trainLabels: '', testImages: '', testLabels: '' };
  const missing: string[] = [];
  for (const role of ROLE_NAMES) {
    const found = folder === null ? null : firstFile(folder, ROLES[role].file);
    if (found === null) missing.push(ROLES[role].file);
    else files[role] = found;
  }
  return { files, missing };
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

async function whyNot({ folder }: Place): Promise<string> {
  if (folder === null) return 'there is none';
  const sight = lookAt(folder);
  if (sight === 'nothing') return `${folder} does not exist`;
  if (sight === 'file') return `${folder} is a file, not a folder`;
  const unreadable = whyUnreadable(folder);
  if (unreadable !== null) return unreadable;
  const { missing } = await search(folder);
  return `${folder} has no ${missing.join(', ')}`;
}
