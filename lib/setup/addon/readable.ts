import { join } from 'node:path';
import { ClTorchError } from '../../base/errors.js';
import { openingRemedy, whyUnreadable } from '../../files/index.js';

/**
 * Makes sure that this user may read an addon that is there, its record and its LibTorch: what another user built and
 * closed is not missing, and building it again would not mend it.
 *
 * @param libDir - The folder of LibTorch's libraries, where it is known.
 * @throws ADDON_LOAD_FAILED with who cannot read what, and the remedy.
 */
export function requireReadable(addon: string, libDir: string | undefined): void {
  const files = [
    addon,
    addon.replace(/\.node$/, '.json'),
    ...(libDir === undefined ? [] : [join(libDir, 'libtorch_cpu.so')]),
  ];
  for (const file of files) {
    const reason = whyUnreadable(file);
    if (reason === null) continue;
    throw new ClTorchError(
      'ADDON_LOAD_FAILED',
      `The native addon cannot be used: ${reason}, and ${file} is needed. ${openingRemedy(file)}. ` +
        'Or install the package, or LibTorch (CL_TORCH_CACHE), where this user may read.',
    );
  }
}
