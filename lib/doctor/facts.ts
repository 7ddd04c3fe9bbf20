import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../base/errors.js';
import { cacheDirIfAny } from '../base/paths.js';
import { dataStatus } from '../datasets/status.js';
import { lookAt } from '../files/index.js';
import { type Binding, loadReady } from '../session/native.js';
import { findReadyAddon, type ReadyAddon } from '../setup/addon/index.js';
import { missingTools } from '../setup/addon/toolchain.js';
import { findLibTorch, type LibTorch } from '../setup/libtorch/index.js';
import { chooseVariant, driverVersion } from '../setup/libtorch/variant.js';

/** What the diagnosis is made from. */
export interface Facts {
  /** Such as `v20.19.0`. */
  readonly node: string;
  /** Such as `linux-x64`. */
  readonly platform: string;
  readonly tools: { readonly missing: readonly string[]; readonly remedy: string };
  /** The LibTorch a build would take now; null when it would be downloaded; a text when the search failed. */
  readonly libtorch: LibTorch | string | null;
  readonly offline: boolean;
  readonly addon: AddonFacts;
  /** Version of the NVIDIA driver; null without one. */
  readonly driver: string | null;
  /** Whether that driver runs the CUDA builds of LibTorch. */
  readonly driverRunsCuda: boolean;
  readonly data: Awaited<ReturnType<typeof dataStatus>>;
  /** Null where there is no place for one. */
  readonly cache: {
    readonly folder: string;
    readonly writable: boolean;
    readonly freeBytes: number;
  } | null;
}

export interface AddonFacts {
  /** What would be loaded; a text says why an addon must be built. */
  readonly ready: ReadyAddon | string;
  /** Why no addon was looked for or the one that is named cannot be used, with remedies; null without a fault. */
  readonly fault: string | null;
  /** What it says once loaded; the failure as a text; null when it was not tried. */
  readonly runtime: Runtime | string | null;
}

type RuntimeInfo = ReturnType<Binding['runtimeInfo']>;

interface Runtime extends RuntimeInfo {
  readonly cudaDevices: readonly (RuntimeInfo['cudaDevices'][number] & {
    readonly freeMemoryBytes: number;
  })[];
}

/** Looks at the machine. Builds nothing and downloads nothing. */
export async function gatherFacts(): Promise<Facts> {
  const driver = await driverVersion();
  const tools = missingTools();
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    tools: { missing: tools.texts, remedy: tools.remedy },
    ...(await libtorchFacts()),
    addon: await addonFacts(),
    driver,
    driverRunsCuda: chooseVariant('auto', driver) !== 'cpu',
    data: await dataStatus(),
    cache: await cacheFacts(),
  };
}

async function libtorchFacts(): Promise<Pick<Facts, 'libtorch' | 'offline'>> {
  try {
    const { found, settings } = await findLibTorch();
    return { libtorch: found, offline: settings.offline };
  } catch (error) {
    return { libtorch: messageOf(error), offline: false };
  }
}

async function addonFacts(): Promise<AddonFacts> {
  try {
    const ready = await findReadyAddon();
    return { ready, fault: null, runtime: typeof ready === 'string' ? null : loadedRuntime(ready) };
  } catch (error) {
    return { ready: 'it could not be chosen', fault: messageOf(error), runtime: null };
  }
}

function loadedRuntime(ready: ReadyAddon): AddonFacts['runtime'] {
  try {
    const binding = loadReady(ready);
    const info = binding.runtimeInfo();
    const cudaDevices = info.cudaDevices.map((device) => ({
      ...device,
      freeMemoryBytes: binding.freeGpuMemory({ index: device.index }),
    }));
    return { ...info, cudaDevices };
  } catch (error) {
    return messageOf(error);
  }
}

async function cacheFacts(): Promise<Facts['cache']> {
  const folder = cacheDirIfAny();
  if (folder === null) return null;
  const existing = nearestFolder(folder);
  const { bavail, bsize } = await statfs(existing);
  return { folder, writable: await isWritable(existing), freeBytes: bavail * bsize };
}

function nearestFolder(folder: string): string {
  return lookAt(folder) === 'folder' || folder === dirname(folder) ? folder : nearestFolder(dirname(folder));
}

/** By trying: permission bits know nothing of read-only file systems. */
async function isWritable(folder: string): Promise<boolean> {
  try {
    await rm(await mkdtemp(`${folder}/.cl-torch-`), { recursive: true });
    return true;
  } catch {
    return false;
  }
}
