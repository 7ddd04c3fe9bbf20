import { resolve } from 'node:path';
import { ClTorchError } from '../../base/errors.js';
import {
  type LibTorchSettings,
  type Notices,
  type Runtime,
  readSettings,
  resolveRuntime,
  runtimeNamed,
} from '../libtorch/index.js';
import { chooseVariant, driverVersion } from '../libtorch/variant.js';
import { BUILT_ADDON, locateAddon } from './location.js';
import { requireReadable } from './readable.js';
import { type BuiltFor, builtFor, realLibDir, sourceHash } from './record.js';

/** An addon that can be loaded as it is, and the LibTorch to load it with. */
export interface ReadyAddon {
  readonly path: string;
  readonly kind: 'built' | 'prebuilt' | 'named';
  /** The libraries' folder; null leaves it to the addon, which does not tell what it was built for. */
  readonly libDir: string | null;
  /** The LibTorch's version; null when nothing tells it before it is loaded. */
  readonly version: string | null;
  readonly builtFor: BuiltFor;
}

export interface ReadyOptions {
  /** Where a download of LibTorch is told; without it nothing is downloaded. */
  readonly notices?: Notices | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The addon that can be loaded now, or in words why one must be built. Running needs LibTorch's libraries of the version
 * the addon was built for, wherever they are; only building needs the headers and a compiler. When nothing has changed
 * this costs a few milliseconds.
 * @throws ADDON_LOAD_FAILED when CL_TORCH_PREBUILD names an addon that is not there or does not fit; LIBTORCH_UNUSABLE,
 * CONFIG_INVALID, and when LibTorch must be downloaded OFFLINE, LIBTORCH_NOT_FOUND, ABORTED.
 */
export async function findReadyAddon(options: ReadyOptions = {}): Promise<ReadyAddon | string> {
  if (!process.env.CL_TORCH_PREBUILD) requireReadable(BUILT_ADDON, undefined);
  const file = locateAddon();
  if (file === null) return 'it has not been built yet';
  requireReadable(file.path, undefined);
  const built = builtFor(file.path);
  if (file.kind === 'built') {
    if (built.record === null) return 'it has not been built yet';
    const hash = sourceHash();
    if (hash !== null && hash !== built.record.sourceHash) return 'its sources have changed';
  }
  const runtime = await chooseRuntime(file.path, built, readSettings(), options);
  if (typeof runtime !== 'string') return { ...file, ...runtime, builtFor: built };
  if (file.kind !== 'named') return runtime;
  throw new ClTorchError(
    'ADDON_LOAD_FAILED',
    `CL_TORCH_PREBUILD names ${file.path}, which cannot be used: ${runtime}. ` +
      'Let the variables name what it was built for, or unset CL_TORCH_PREBUILD: then the package builds an addon that fits.',
  );
}

type Chosen = Pick<ReadyAddon, 'libDir' | 'version'>;

async function chooseRuntime(
  addon: string,
  built: BuiltFor,
  settings: LibTorchSettings,
  options: ReadyOptions,
): Promise<Chosen | string> {
  if (settings.cuda === 'on' && !built.cuda) return 'CL_TORCH_CUDA is on, and it was built without CUDA';
  if (settings.cuda === 'off' && built.cuda) return 'CL_TORCH_CUDA is off, and it was built with CUDA';
  const own: Chosen = { libDir: built.libDir, version: built.version };
  const named = await namedRuntime(built, settings);
  if (named !== null) {
    if (realLibDir(named.libDir) === built.libDir) return own;
    return (await mismatch(named, built, settings)) ?? named;
  }
  if (built.libDir !== null || built.version === null) return own;
  const needs = { version: built.version, cuda: built.cuda };
  const moved = await resolveRuntime(needs);
  if (moved !== null) return moved;
  const home = built.record?.libtorch.libDir;
  requireReadable(addon, home); // what is closed to this user is not gone: another one would not mend it
  return (
    (await resolveRuntime({ ...needs, ...options })) ??
    `the LibTorch ${built.version} it was built for is gone${home === undefined ? '' : ` from ${home}`}, and LIBTORCH names no folder that holds it`
  );
}

/** The LibTorch that LIBTORCH or LIBTORCH_USE_PYTORCH asks for; null when they ask for none or for what it was built for. */
async function namedRuntime(built: BuiltFor, settings: LibTorchSettings): Promise<Runtime | null> {
  const { source, root } = built.record?.libtorch ?? {};
  const isThere = built.libDir !== null;
  if (settings.root !== null) {
    const isSame = isThere && root !== undefined && resolve(settings.root) === resolve(root);
    return isSame ? null : await runtimeNamed(settings);
  }
  if (!settings.usePyTorch || (isThere && source === 'LIBTORCH_USE_PYTORCH')) return null;
  return await runtimeNamed(settings);
}

/** Why an addon does not run with this LibTorch, or should be built again for it; null when it runs. */
async function mismatch(
  runtime: Runtime,
  built: BuiltFor,
  settings: LibTorchSettings,
): Promise<string | null> {
  const { source, root, version } = runtime;
  const asked = `${source} leads to ${root}`;
  if (version !== null && built.version !== null && version !== built.version) {
    return `${asked}, which is LibTorch ${version}, and it was built for ${built.version}`;
  }
  if (built.cuda && runtime.cuda === null) return `${asked}, a CPU build, and it was built with CUDA`;
  if (!built.cuda && runtime.cuda !== null && settings.cuda === 'auto') {
    const wantsCuda = chooseVariant('auto', await driverVersion()) !== 'cpu';
    if (wantsCuda) {
      return `${asked}, which has CUDA, and it was built without; CL_TORCH_CUDA=off runs it as it is`;
    }
  }
  return null;
}
