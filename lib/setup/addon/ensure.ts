import { ClTorchError } from '../../base/errors.js';
import { stderrNotices } from '../libtorch/index.js';
import { findReadyAddon, type ReadyAddon } from './ready.js';

/** What fails because a machine that only runs the addon cannot build one: then the reason for building says what to mend. */
const BUILDING: ReadonlySet<string> = new Set(['TOOLCHAIN_MISSING', 'BUILD_FAILED']);

/**
 * Makes sure that there is an addon to load, and LibTorch to load it with. One that is missing or does not fit is built
 * now, with progress on standard error. A ready one costs a few milliseconds.
 * @throws ADDON_LOAD_FAILED when it must be built and CL_TORCH_NO_BUILD=1 forbids that; what `buildAddon` and
 * `findReadyAddon` throw.
 */
export async function ensureAddon(
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ReadyAddon> {
  const { signal } = options;
  const ready = await findReadyAddon({ notices: stderrNotices(), signal });
  if (typeof ready !== 'string') return ready;
  if (process.env.CL_TORCH_NO_BUILD === '1') {
    throw new ClTorchError(
      'ADDON_LOAD_FAILED',
      `The native addon must be built (${ready}), and CL_TORCH_NO_BUILD=1 forbids doing that now. ` +
        'Run `npx cl-torch build`.',
    );
  }
  process.stderr.write(`cl-torch: building the native addon (${ready}); this happens once.\n`);
  const { buildAddon } = await import('./build.js');
  try {
    return await buildAddon({ signal });
  } catch (error) {
    const isOurs = error instanceof ClTorchError && BUILDING.has(error.code);
    throw isOurs
      ? new ClTorchError(error.code, `${error.message} It must be built: ${ready}.`, { cause: error })
      : error;
  }
}
