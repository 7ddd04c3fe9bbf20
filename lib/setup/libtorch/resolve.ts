import { resolve } from 'node:path';
import type { ClTorchError } from '../../base/errors.js';
import { cacheDirIfAny } from '../../base/paths.js';
import { entriesFor, type FetchOptions, fetchLibTorch } from './fetch.js';
import { inspectLibTorch, inspectRuntime, type LibTorch, type Runtime } from './inspect.js';
import { type Notices, stderrNotices } from './notices.js';
import { LIBTORCH_VERSION } from './pinned.js';
import { pyTorchRoot, rootOfTorchDir, rootsOfPrefix, systemRoots } from './places.js';
import { type LibTorchSettings, readSettings } from './settings.js';
import { readEntry } from './store.js';
import { REMEDIES, Trail } from './trail.js';
import { chooseVariant, driverVersion, type Variant } from './variant.js';

/** What the search asks of the machine; tests put another machine in its place. */
export interface Machine {
  systemRoots(): Promise<string[]>;
  driverVersion(): Promise<string | null>;
}

export interface ResolveOptions {
  readonly notices?: Notices | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly machine?: Machine | undefined;
  readonly download?: Pick<FetchOptions, 'stallMs' | 'retries'> | undefined;
}

/** A search: what was found (null for nothing) and the way there. */
export interface Search {
  readonly found: LibTorch | null;
  readonly variant: Variant;
  readonly settings: LibTorchSettings;
  readonly trail: Trail;
}

const thisMachine: Machine = { systemRoots, driverVersion };

/**
 * The LibTorch to build against: the one the environment names, else one that is installed, else one that is
 * downloaded into the cache now.
 * @throws LIBTORCH_UNUSABLE, LIBTORCH_NOT_FOUND, OFFLINE, CONFIG_INVALID, ABORTED; each with the whole trail.
 */
export async function resolveLibTorch(options: ResolveOptions = {}): Promise<LibTorch> {
  const search = await findLibTorch(options);
  if (search.found !== null) return search.found;
  const { settings, trail, variant } = search;
  const found = await download(settings, variant, seeker(settings, trail), options);
  if (found !== null) return found;
  throw trail.failure('LIBTORCH_NOT_FOUND', 'LibTorch was not found and could not be downloaded.', [
    REMEDIES.download,
    REMEDIES.root,
    REMEDIES.pyTorch,
  ]);
}

/**
 * The search alone, without a download.
 * @throws LIBTORCH_UNUSABLE when the environment names a LibTorch that cannot be used; CONFIG_INVALID.
 */
export async function findLibTorch({ machine = thisMachine }: ResolveOptions = {}): Promise<Search> {
  const settings = readSettings();
  const trail = new Trail();
  const variant = await wantedVariant(settings, machine);
  const seek = seeker(settings, trail);
  const found =
    (await fromVariables(settings, seek)) ??
    fromCMakeVariables(settings, seek) ??
    (await fromCache(settings, variant, seek)) ??
    (await fromSystem(machine, seek));
  return { found, variant, settings, trail };
}

/** What an addon that is already built needs of a LibTorch. */
export interface RuntimeNeeds extends ResolveOptions {
  readonly version: string;
  /** Whether the addon is linked to CUDA. */
  readonly cuda: boolean;
}

/**
 * A LibTorch of exactly this version to run with, in the places in which one to build against is looked for, headers or
 * not; with `notices` one that is downloaded when there is none and the pinned one is of this version. Null without one.
 * @throws OFFLINE, LIBTORCH_NOT_FOUND, CONFIG_INVALID, ABORTED; each with the whole trail.
 */
export async function resolveRuntime(needs: RuntimeNeeds): Promise<Runtime | null> {
  const settings = readSettings();
  const { machine = thisMachine, version, cuda } = needs;
  const trail = new Trail();
  const seek = new Seeker(trail, (root, source): Runtime | string => {
    const found = inspectRuntime(root, source);
    if (typeof found === 'string') return found;
    if (found.version !== version)
      return `version ${found.version ?? 'unknown'} in ${root} is not ${version}`;
    return cuda && found.cuda === null ? `version ${version} in ${root} is a CPU build` : found;
  });
  const variant: Variant = cuda ? 'cu130' : await wantedVariant(settings, machine);
  const found =
    fromCMakeVariables(settings, seek) ??
    (await fromCache(settings, variant, seek)) ??
    (await fromSystem(machine, seek));
  if (found !== null || needs.notices === undefined) return found;
  return version === LIBTORCH_VERSION ? await download(settings, variant, seek, needs) : null;
}

/**
 * The LibTorch that LIBTORCH or LIBTORCH_USE_PYTORCH names, to run with; null when neither is set.
 * @throws LIBTORCH_UNUSABLE when its libraries are not there.
 */
export async function runtimeNamed(settings: LibTorchSettings): Promise<Runtime | null> {
  return await fromVariables(settings, new Seeker(new Trail(), inspectRuntime));
}

/** Looks at folders, each of which the trail remembers. */
class Seeker<T extends Runtime> {
  readonly trail: Trail;
  readonly #inspect: (root: string, source: string) => T | string;

  constructor(trail: Trail, inspect: (root: string, source: string) => T | string) {
    this.trail = trail;
    this.#inspect = inspect;
  }

  try(place: string, root: string, source: string = place): T | null {
    const found = this.#inspect(root, source);
    this.trail.note(place, typeof found === 'string' ? found : `version ${found.version} in ${root}`);
    return typeof found === 'string' ? null : found;
  }
}

function seeker(settings: LibTorchSettings, trail: Trail): Seeker<LibTorch> {
  return new Seeker(trail, (root, source) => inspectLibTorch(root, source, settings));
}

async function wantedVariant({ cuda }: LibTorchSettings, machine: Machine): Promise<Variant> {
  return chooseVariant(cuda, cuda === 'auto' ? await machine.driverVersion() : null);
}

async function download<T extends Runtime>(
  settings: LibTorchSettings,
  variant: Variant,
  seek: Seeker<T>,
  options: ResolveOptions,
): Promise<T | null> {
  const { trail } = seek;
  if (settings.offline) {
    trail.note('download', 'not tried: CL_TORCH_OFFLINE=1');
    throw trail.failure('OFFLINE', 'LibTorch was not found, and CL_TORCH_OFFLINE=1 forbids its download.', [
      REMEDIES.online,
      REMEDIES.root,
      REMEDIES.pyTorch,
    ]);
  }
  const notices = options.notices ?? stderrNotices();
  const { signal } = options;
  const root = await fetchLibTorch({ ...options.download, settings, variant, trail, notices, signal });
  return root === null ? null : seek.try('download', root, 'cache');
}

/** What `LIBTORCH` or else `LIBTORCH_USE_PYTORCH` names; null when neither is set. */
async function fromVariables<T extends Runtime>(
  settings: LibTorchSettings,
  seek: Seeker<T>,
): Promise<T | null> {
  return fromLibTorchVariable(settings, seek) ?? (await fromPyTorch(settings, seek));
}

function fromLibTorchVariable<T extends Runtime>(settings: LibTorchSettings, seek: Seeker<T>): T | null {
  if (settings.root === null) {
    seek.trail.note('LIBTORCH', 'not set');
    return null;
  }
  const found = seek.try('LIBTORCH', resolve(settings.root));
  if (found !== null) return found;
  throw unusable('LIBTORCH', settings.root, seek.trail, 'Unset LIBTORCH: the search goes on without it.');
}

async function fromPyTorch<T extends Runtime>(
  settings: LibTorchSettings,
  seek: Seeker<T>,
): Promise<T | null> {
  const place = 'LIBTORCH_USE_PYTORCH';
  if (!settings.usePyTorch) {
    seek.trail.note(place, 'not set');
    return null;
  }
  const answer = await pyTorchRoot(settings.python);
  if (typeof answer === 'string') seek.trail.note(place, answer);
  const found = typeof answer === 'string' ? null : seek.try(place, answer.root);
  if (found !== null) return found;
  throw unusable(place, '1', seek.trail, `Unset ${place}: the search goes on without it.`);
}

function fromCMakeVariables<T extends Runtime>(settings: LibTorchSettings, seek: Seeker<T>): T | null {
  const { torchDir, prefixes } = settings;
  if (torchDir === null) seek.trail.note('Torch_DIR', 'not set');
  if (prefixes.length === 0) seek.trail.note('CMAKE_PREFIX_PATH', 'not set');
  const candidates = [
    ...(torchDir === null ? [] : [{ place: 'Torch_DIR', root: rootOfTorchDir(torchDir) }]),
    ...prefixes.flatMap(rootsOfPrefix).map((root) => ({ place: 'CMAKE_PREFIX_PATH', root })),
  ];
  return first(candidates, ({ place, root }) => seek.try(place, root));
}

async function fromCache<T extends Runtime>(
  settings: LibTorchSettings,
  variant: Variant,
  seek: Seeker<T>,
): Promise<T | null> {
  for (const entry of entriesFor(settings, variant)) {
    const root = cacheDirIfAny() === null ? null : await readEntry(entry);
    if (root === null)
      seek.trail.note(
        'cache',
        `${cacheDirIfAny('libtorch', entry) ?? 'the cache (there is none)'} holds no complete LibTorch`,
      );
    const found = root === null ? null : seek.try('cache', root);
    if (found !== null) return found;
  }
  return null;
}

async function fromSystem<T extends Runtime>(machine: Machine, seek: Seeker<T>): Promise<T | null> {
  const roots = await machine.systemRoots();
  if (roots.length === 0) {
    seek.trail.note('system', 'no LibTorch in /usr, /usr/local or the linker cache');
  }
  return first(roots, (root) => seek.try('system', root));
}

function unusable(variable: string, value: string, trail: Trail, unset: string): ClTorchError {
  return trail.failure(
    'LIBTORCH_UNUSABLE',
    `${variable} is set to '${value}', and that LibTorch cannot be used.`,
    [variable === 'LIBTORCH' ? REMEDIES.root : REMEDIES.pyTorch, unset],
  );
}

function first<C, T>(candidates: readonly C[], find: (candidate: C) => T | null): T | null {
  for (const candidate of candidates) {
    const found = find(candidate);
    if (found !== null) return found;
  }
  return null;
}
