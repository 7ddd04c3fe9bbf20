import { resolve } from 'node:path';
import { ClTorchError } from '../base/errors.js';
import { cacheDir, cacheDirIfAny } from '../base/paths.js';
import { lookAt, whyUnreadable } from '../files/index.js';
import { type DatasetName, knownDataset } from './catalog.js';
import type { Format, Found, Sighting } from './formats/format.js';
import { formats } from './formats/formats.js';

/** Where a data set lies. */
export interface Location {
  /** For people: what kind of place it is, and the folder or file. */
  readonly source: string;
  readonly found: Found;
  /** The user's own place: any data count there, not only the published ones. */
  readonly own: boolean;
}

interface Place {
  readonly label: string;
  /** Null when what would hold it is not installed. */
  readonly path: string | null;
  /** How the data set may lie there; the first one is the one to name where nothing is. */
  readonly formats: readonly Format[];
}

/**
 * Finds a data set: in `dataDir` and only there when it is given, in any format, else in the cache, then in what ships it.
 * Looks at names only, and for files. Null when it is nowhere.
 */
export async function findDataset(name: DatasetName, dataDir?: string): Promise<Location | null> {
  for (const { label, path, formats: possible } of placesOf(name, dataDir)) {
    if (path === null) continue;
    for (const format of possible) {
      const { found } = format.look(path);
      if (found && (dataDir !== undefined || isPublished(name, found)))
        return { source: `${label} (${path})`, found, own: dataDir !== undefined };
    }
  }
  return null;
}

/** Whether all of it can be checked: what was unpacked from a published archive has no published digests. */
function isPublished(name: DatasetName, { parts }: Found): boolean {
  const { digests } = knownDataset(name);
  return parts.every((part) => Object.hasOwn(digests, part.name));
}

/** As {@link findDataset}; throws `DATA_NOT_FOUND` with every place it looked in. */
export async function requireDataset(name: DatasetName, dataDir?: string): Promise<Location> {
  const location = await findDataset(name, dataDir);
  if (location !== null) return location;
  const trail = placesOf(name, dataDir).map((place) => `  - ${place.label}: ${whyNot(place)}`);
  const remedy =
    dataDir === undefined
      ? `Get it with: ${downloadCommand(name)}\nor give the place of your own copy with --data-dir.`
      : `Data of your own may be:\n${formats.map(({ needs }) => `  - ${needs}`).join('\n')}\n` +
        'Without --data-dir the published data set is used.';
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
  const { places, format } = knownDataset(name);
  if (dataDir !== undefined) {
    const possible = [format, ...formats.filter((each) => each !== format)];
    return [{ label: 'data folder', path: resolve(dataDir), formats: possible }];
  }
  const cache = { label: 'cache', path: cacheDirIfAny('data', name), formats: [format] };
  return [cache, ...places.map(({ label, folder }) => ({ label, path: folder(), formats: [format] }))];
}

function whyNot({ path, formats: possible }: Place): string {
  if (path === null) return 'there is none';
  const sight = lookAt(path);
  if (sight === 'nothing') return `${path} does not exist`;
  if (sight === 'file') return `${path} is a file, not a folder, and none that holds a whole data set`;
  const unreadable = whyUnreadable(path);
  if (unreadable !== null) return unreadable;
  const sightings = possible.map((format) => format.look(path)).filter(isMissing);
  const meant = sightings.find(({ isBegun }) => isBegun) ?? sightings[0];
  return meant
    ? `${path} has no ${meant.missing.join(', ')}`
    : `${path} has the unpacked files, which no published digest is known of; give it with --data-dir`;
}

function isMissing(sighting: Sighting): sighting is Extract<Sighting, { found: null }> {
  return sighting.found === null;
}
