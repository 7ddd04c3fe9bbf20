import { constants } from 'node:os';
import { ClTorchError, codeOf, messageOf } from '../base/errors.js';
import { ensureAddon } from '../setup/addon/ensure.js';
import { linkedAddon } from '../setup/addon/linked.js';
import { withBriefSpinning } from '../setup/addon/openmp.js';
import type { ReadyAddon } from '../setup/addon/ready.js';

/** The addon's exports; binding.d.ts documents them. */
export type Binding = typeof import('../../binding.js');

let binding: Binding | undefined;

/**
 * The addon, built first when it is missing or does not fit (see `ensureAddon`), loaded at the first call.
 * @throws what `ensureAddon` throws; ADDON_LOAD_FAILED when the system cannot load it, or Node may not.
 */
export async function loadNative(
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Binding> {
  if (binding) return binding;
  requireAddonsAllowed();
  return loadReady(await ensureAddon(options));
}

/** Asked first: building the addon takes minutes, and Node would not load it. */
function requireAddonsAllowed(): void {
  try {
    process.dlopen({ exports: {} }, '/dev/null/no-addon');
  } catch (error) {
    if (codeOf(error) === 'ERR_DLOPEN_DISABLED') throw addonsDisabled(error);
  }
}

function addonsDisabled(cause: unknown): ClTorchError {
  const permission = process.execArgv.find((flag) => /^--(experimental-)?permission$/.test(flag));
  // A child or a worker may have it from NODE_OPTIONS; only the permission model defines process.permission.
  const hasPermissions = permission !== undefined || 'permission' in process;
  return new ClTorchError(
    'ADDON_LOAD_FAILED',
    hasPermissions
      ? `Node.js was started with its permission model (${permission ?? '--permission'}) and loads no native addon, ` +
          'which cl-torch needs. Start it with --allow-addons as well; files need --allow-fs-read and --allow-fs-write.'
      : 'Node.js was started with --no-addons and loads no native addon, which cl-torch needs. Start it without that ' +
          'flag (look at NODE_OPTIONS and at execArgv of workers, too).',
    { cause },
  );
}

/**
 * An addon that is ready, loaded if none is loaded yet.
 * @throws ADDON_LOAD_FAILED when the system cannot load it, or it finds another LibTorch than it was built for.
 */
export function loadReady(ready: ReadyAddon): Binding {
  binding ??= load(ready);
  return binding;
}

function load(ready: ReadyAddon): Binding {
  const path = ready.libDir === null ? ready.path : linkedAddon(ready.path, ready.libDir);
  const addon = { exports: {} };
  try {
    // A symbol that LibTorch lacks is told now, not at its first use in the middle of a training, which would end the process.
    withBriefSpinning(() => process.dlopen(addon, path, constants.dlopen.RTLD_NOW));
  } catch (error) {
    throw loadFailed(ready, messageOf(error), error);
  }
  const loaded = addon.exports as Binding;
  if (ready.version === null) checkVersion(ready, loaded);
  return loaded;
}

/** For a LibTorch of which nothing told the version before it was loaded. */
function checkVersion(ready: ReadyAddon, loaded: Binding): void {
  const { libtorch, libtorchCompiled } = loaded.runtimeInfo();
  if (libtorch === libtorchCompiled) return;
  throw loadFailed(
    ready,
    `it was built for LibTorch ${libtorchCompiled} and finds ${libtorch} in ${ready.libDir}`,
  );
}

function loadFailed({ path, kind }: ReadyAddon, reason: string, cause?: unknown): ClTorchError {
  const isSupported = process.platform === 'linux' && process.arch === 'x64';
  const remedies = [
    kind === 'named'
      ? `CL_TORCH_PREBUILD names it: let it name another, or unset it; \`npx cl-torch build\` then builds one.`
      : 'Build it again for this machine and its LibTorch: `npx cl-torch build --force`.',
    'See what is in place and what is missing: `npx cl-torch doctor`.',
    ...(process.env.LD_LIBRARY_PATH
      ? [`Unset LD_LIBRARY_PATH (${process.env.LD_LIBRARY_PATH}): it may lead to other libraries.`]
      : []),
    ...(isSupported
      ? []
      : [
          `Use Linux on x64, for which this package is made; this is ${process.platform} on ${process.arch}.`,
        ]),
  ];
  return new ClTorchError(
    'ADDON_LOAD_FAILED',
    [
      'The native addon could not be loaded. Tried:',
      `  - ${path}: ${reason}`,
      'What to do:',
      ...remedies.map((remedy, index) => `  ${index + 1}. ${remedy}`),
    ].join('\n'),
    { cause },
  );
}
