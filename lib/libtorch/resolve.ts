import type { ClTorchError } from '../errors.js';
import { entriesFor, type FetchOptions, fetchLibTorch } from './fetch.js';
import { inspectLibTorch, type LibTorch } from './inspect.js';
import { type Notices, stderrNotices } from './notices.js';
import { pyTorchRoot, rootOfTorchDir, rootsOfPrefix, systemRoots } from './places.js';
import { type LibTorchSettings, readSettings } from './settings.js';
import { entryDir, readEntry } from './store.js';
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
  if (settings.offline) {
    trail.note('download', 'not tried: CL_TORCH_OFFLINE=1');
    throw trail.failure('OFFLINE', 'LibTorch was not found, and CL_TORCH_OFFLINE=1 forbids its download.', [
      REMEDIES.online,
      REMEDIES.root,
      REMEDIES.pyTorch,
    ]);
  }
  const notices = options.notices ?? stderrNotices();
  const root = await fetchLibTorch({
    ...options.download,
    settings,
    variant,
    trail,
    notices,
    signal: options.signal,
  });
  const found = root === null ? null : tryRoot('download', root, 'cache', settings, trail);
  if (found === null) {
    throw trail.failure('LIBTORCH_NOT_FOUND', 'LibTorch was not found and could not be downloaded.', [
      REMEDIES.download,
      REMEDIES.root,
      REMEDIES.pyTorch,
    ]);
  }
  return found;
}

/**
 * The search alone, without a download.
 * @throws LIBTORCH_UNUSABLE when the environment names a LibTorch that cannot be used; CONFIG_INVALID.
 */
export async function findLibTorch({ machine = thisMachine }: ResolveOptions = {}): Promise<Search> {
  const settings = readSettings();
  const trail = new Trail();
  const variant = chooseVariant(
    settings.cuda,
    settings.cuda === 'auto' ? await machine.driverVersion() : null,
  );
  const found =
    fromLibTorchVariable(settings, trail) ??
    (await fromPyTorch(settings, trail)) ??
    fromCMakeVariables(settings, trail) ??
    (await fromCache(settings, variant, trail)) ??
    (await fromSystem(settings, machine, trail));
  return { found, variant, settings, trail };
}

function fromLibTorchVariable(settings: LibTorchSettings, trail: Trail): LibTorch | null {
  if (settings.root === null) {
    trail.note('LIBTORCH', 'not set');
    return null;
  }
  const found = tryRoot('LIBTORCH', settings.root, 'LIBTORCH', settings, trail);
  if (found === null) {
    throw unusable('LIBTORCH', settings.root, trail, 'Unset LIBTORCH: the search goes on without it.');
  }
  return found;
}

async function fromPyTorch(settings: LibTorchSettings, trail: Trail): Promise<LibTorch | null> {
  const place = 'LIBTORCH_USE_PYTORCH';
  if (!settings.usePyTorch) {
    trail.note(place, 'not set');
    return null;
  }
  const answer = await pyTorchRoot(settings.python);
  if (typeof answer === 'string') trail.note(place, answer);
  const found = typeof answer === 'string' ? null : tryRoot(place, answer.root, place, settings, trail);
  if (found === null) throw unusable(place, '1', trail, `Unset ${place}: the search goes on without it.`);
  return found;
}

function fromCMakeVariables(settings: LibTorchSettings, trail: Trail): LibTorch | null {
  const { torchDir, prefixes } = settings;
  if (torchDir === null) trail.note('Torch_DIR', 'not set');
  if (prefixes.length === 0) trail.note('CMAKE_PREFIX_PATH', 'not set');
  const candidates = [
    ...(torchDir === null ? [] : [{ place: 'Torch_DIR', root: rootOfTorchDir(torchDir) }]),
    ...prefixes.flatMap(rootsOfPrefix).map((root) => ({ place: 'CMAKE_PREFIX_PATH', root })),
  ];
  return first(candidates, ({ place, root }) => tryRoot(place, root, place, settings, trail));
}

async function fromCache(
  settings: LibTorchSettings,
  variant: Variant,
  trail: Trail,
): Promise<LibTorch | null> {
  for (const entry of entriesFor(settings, variant)) {
    const root = await readEntry(entry);
    if (root === null) trail.note('cache', `${entryDir(entry)} holds no complete LibTorch`);
    const found = root === null ? null : tryRoot('cache', root, 'cache', settings, trail);
    if (found !== null) return found;
  }
  return null;
}

async function fromSystem(
  settings: LibTorchSettings,
  machine: Machine,
  trail: Trail,
): Promise<LibTorch | null> {
  const roots = await machine.systemRoots();
  if (roots.length === 0) trail.note('system', 'no LibTorch in /usr, /usr/local or the linker cache');
  return first(roots, (root) => tryRoot('system', root, 'system', settings, trail));
}

function tryRoot(
  place: string,
  root: string,
  source: string,
  settings: LibTorchSettings,
  trail: Trail,
): LibTorch | null {
  const found = inspectLibTorch(root, source, settings);
  trail.note(place, typeof found === 'string' ? found : `version ${found.version} in ${root}`);
  return typeof found === 'string' ? null : found;
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
