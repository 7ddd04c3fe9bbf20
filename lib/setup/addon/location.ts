import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClTorchError } from '../../base/errors.js';

/** Folder of this package's package.json; the same seen from lib/ and from dist/. */
export const PACKAGE_DIR: string = fileURLToPath(new URL('../../..', import.meta.url));

/** Everything a build makes. */
export const BUILD_DIR: string = join(PACKAGE_DIR, 'build');

/** The addon a build makes; another may take its place (see {@link locateAddon}). */
export const BUILT_ADDON: string = join(BUILD_DIR, 'Release/cl_torch.node');

export interface AddonFile {
  readonly path: string;
  /** `built`: by this package, here; `prebuilt`: it came with the package; `named`: CL_TORCH_PREBUILD names it. */
  readonly kind: 'built' | 'prebuilt' | 'named';
}

/** node-gyp-build, the library: it chooses among the files of a folder `prebuilds/`. */
const nodeGypBuild = createRequire(import.meta.url)('node-gyp-build') as { path(folder: string): string };

/**
 * The addon to load: the one that CL_TORCH_PREBUILD names, the one built here, or one that the package brought; null
 * when there is none.
 * @throws ADDON_LOAD_FAILED when CL_TORCH_PREBUILD names none.
 */
export function locateAddon(): AddonFile | null {
  const named = process.env.CL_TORCH_PREBUILD;
  if (named) return { path: namedAddon(named), kind: 'named' };
  if (existsSync(BUILT_ADDON)) return { path: BUILT_ADDON, kind: 'built' };
  const path = prebuiltIn(PACKAGE_DIR);
  return path === null ? null : { path, kind: 'prebuilt' };
}

/** A file, or a folder that holds one as this package, a build or a folder of prebuilt addons does. */
function namedAddon(name: string): string {
  const place = resolve(name);
  const kind = statSync(place, { throwIfNoEntry: false });
  if (kind?.isFile()) return place;
  const found = kind?.isDirectory()
    ? (onlyAddonIn(place) ?? onlyAddonIn(join(place, 'build/Release')) ?? prebuiltIn(place))
    : null;
  if (found !== null) return found;
  const reason = kind?.isDirectory()
    ? `it holds no addon: no .node file in it, in its build/Release or in its prebuilds/${process.platform}-${process.arch}`
    : kind === undefined
      ? 'there is no such file or folder'
      : 'that is neither a file nor a folder';
  throw new ClTorchError(
    'ADDON_LOAD_FAILED',
    `CL_TORCH_PREBUILD is '${name}', and ${reason}. It names an addon (a .node file) or a folder with one; ` +
      'unset it to use the addon of this package, which is built when there is none.',
  );
}

function onlyAddonIn(folder: string): string | null {
  try {
    const name = readdirSync(folder).find((file) => file.endsWith('.node'));
    return name === undefined ? null : join(folder, name);
  } catch {
    return null;
  }
}

function prebuiltIn(folder: string): string | null {
  try {
    const path = nodeGypBuild.path(folder);
    return path.startsWith(join(folder, 'prebuilds') + sep) ? path : null; // it looks beside node's executable, too
  } catch {
    return null;
  }
}
