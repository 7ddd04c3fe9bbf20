import { ensureAddon } from './addon/ensure.js';
import { addonFile, nodeGypBuild, PACKAGE_DIR } from './addon/location.js';
import { withPatientOpenMP } from './addon/openmp.js';
import { ClTorchError, messageOf } from './errors.js';

/** The addon's exports; binding.d.ts documents them. */
export type Binding = typeof import('../binding.js');

let binding: Binding | undefined;

/**
 * The addon as it is built now, loaded at the first call.
 * @throws ADDON_LOAD_FAILED when there is none or the system cannot load it.
 */
export function native(): Binding {
  binding ??= load();
  return binding;
}

/**
 * The addon, built first when it is missing or out of date (see `ensureAddon`).
 * @throws what `ensureAddon` and {@link native} throw.
 */
export async function loadNative(
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Binding> {
  if (binding === undefined) await ensureAddon(options);
  return native();
}

function load(): Binding {
  try {
    return withPatientOpenMP(() => nodeGypBuild(PACKAGE_DIR) as Binding);
  } catch (error) {
    throw loadFailed(error);
  }
}

function loadFailed(cause: unknown): ClTorchError {
  const file = addonFile();
  const tried =
    file === null
      ? [
          `${PACKAGE_DIR}build/Release: no addon`,
          `${PACKAGE_DIR}prebuilds/${process.platform}-${process.arch}: no addon`,
        ]
      : [`${file}: ${messageOf(cause)}`];
  const isSupported = process.platform === 'linux' && process.arch === 'x64';
  const remedies = [
    'Build it again for this machine and its LibTorch: `npx cl-torch build --force`.',
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
      ...tried.map((line) => `  - ${line}`),
      'What to do:',
      ...remedies.map((remedy, index) => `  ${index + 1}. ${remedy}`),
    ].join('\n'),
    { cause },
  );
}
