import { ClTorchError } from '../errors.js';
import { buildReason } from './record.js';

/**
 * Makes sure that there is an addon to load. A prebuilt one is taken as it is; an own build that is missing or out
 * of date is made now, with progress on standard error. A current one costs a few milliseconds.
 * @throws ADDON_LOAD_FAILED when it must be built and CL_TORCH_NO_BUILD=1 forbids that; what `buildAddon` throws.
 */
export async function ensureAddon(
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const reason = buildReason();
  if (reason === null) return;
  if (process.env.CL_TORCH_NO_BUILD === '1') {
    throw new ClTorchError(
      'ADDON_LOAD_FAILED',
      `The native addon must be built (${reason}), and CL_TORCH_NO_BUILD=1 forbids doing that now. ` +
        'Run `npx cl-torch build`.',
    );
  }
  process.stderr.write(`cl-torch: building the native addon (${reason}); this happens once.\n`);
  const { buildAddon } = await import('./build.js');
  await buildAddon(options);
}
