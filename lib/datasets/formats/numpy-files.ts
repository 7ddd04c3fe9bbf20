import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ClTorchError, messageOf } from '../../base/errors.js';
import { lookAt } from '../../files/index.js';
import { hashFile } from '../../setup/download/hash.js';
import type { Format, Found, Part } from './format.js';
import { type NpyArray, parseNpy } from './npy.js';
import { readNpz } from './npz.js';
import { ARRAY_ROLES, type ArrayRole, contentOfArrays, roleOf } from './numpy.js';

type Arrays = Partial<Record<ArrayRole, NpyArray>>;

/** Four arrays of NumPy: a file that numpy.savez has written, or a folder of .npy files. */
export const numpyFiles: Format = {
  needs:
    'NumPy arrays x_train, y_train, x_test and y_test (or train_images, train_labels, …): a .npz file, or a folder of .npy files',
  look(place) {
    if (lookAt(place) !== 'folder') {
      const isNpz = lookAt(place) === 'file' && /\.npz$/i.test(place);
      return isNpz ? { found: npzOf(place) } : { found: null, missing: ['x_train'], isBegun: false };
    }
    const files = npyFiles(place);
    const missing = ARRAY_ROLES.filter((role) => !files.has(role)).map((role) => `${role}.npy`);
    if (missing.length > 0) return { found: null, missing, isBegun: files.size > 0 };
    const parts = [...files].map(([role, file]) => npyPart(role, file));
    return { found: found(place, parts) };
  },
};

/** The .npy files of a folder whose names are those of the four arrays. */
function npyFiles(folder: string): Map<ArrayRole, string> {
  const files = new Map<ArrayRole, string>();
  for (const name of listed(folder)) {
    const role = /\.npy$/i.test(name) ? roleOf(name.slice(0, -4)) : undefined;
    if (role && !files.has(role)) files.set(role, join(folder, name));
  }
  return files;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // whoever asks says why the folder cannot be read
  }
}

function npzOf(file: string): Found<Arrays> {
  return found(file, [
    {
      name: basename(file),
      file,
      async read() {
        const digest = await hashFile(file).catch((error: unknown) => {
          throw unreadable(file, error);
        });
        return { value: await arraysIn(file), fileSha256: digest, contentSha256: digest };
      },
    },
  ]);
}

async function arraysIn(file: string): Promise<Arrays> {
  const arrays: Arrays = {};
  for (const { name, content } of await readNpz(file, (each) => roleOf(each) !== undefined)) {
    const role = roleOf(name) as ArrayRole;
    const other = arrays[role];
    if (other) throw invalid(`${name} of ${file} and ${other.name} are both ${role}; expected one of them`);
    arrays[role] = parseNpy(`${name} of ${file}`, content);
  }
  return arrays;
}

function npyPart(role: ArrayRole, file: string): Part<Arrays> {
  return {
    name: role,
    file,
    async read() {
      const bytes = await readFile(file).catch((error: unknown) => {
        throw unreadable(file, error);
      });
      const digest = createHash('sha256').update(bytes).digest('hex');
      return { value: { [role]: parseNpy(file, bytes) }, fileSha256: digest, contentSha256: digest };
    },
  };
}

function found(place: string, parts: readonly Part<Arrays>[]): Found<Arrays> {
  return {
    parts,
    assemble(values) {
      const arrays: Arrays = Object.assign({}, ...values.values());
      const missing = ARRAY_ROLES.filter((role) => !arrays[role]);
      if (missing.length > 0) {
        throw invalid(
          `${place} has no array ${missing.join(', ')}; expected x_train, y_train, x_test and y_test, or names such as ` +
            'train_images and train_labels',
        );
      }
      return contentOfArrays(arrays as Record<ArrayRole, NpyArray>);
    },
  };
}

function unreadable(file: string, error: unknown): ClTorchError {
  return invalid(`${file} cannot be read: ${messageOf(error)}`, error);
}

function invalid(problem: string, cause?: unknown): ClTorchError {
  return new ClTorchError('DATA_INVALID', `${problem}.`, { cause });
}
