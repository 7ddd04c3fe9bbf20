import { access, constants, mkdir, readFile, rm } from 'node:fs/promises';
import { ClTorchError, messageOf } from '../../base/errors.js';
import { writeFileAtomic } from '../../files/index.js';
import { withLock } from '../../files/lock.js';
import { lineNotices, readSettings, resolveLibTorch, stderrNotices } from '../libtorch/index.js';
import { cleanBuildDir, LOCK_FILE, runCMake } from './cmake.js';
import { BUILD_DIR, BUILT_ADDON, PACKAGE_DIR } from './location.js';
import { findReadyAddon, type ReadyAddon } from './ready.js';
import { type BuildRecord, builtFor, RECORD_FILE, sourceHash } from './record.js';
import { checkToolchain } from './toolchain.js';

export interface BuildOptions {
  /** Builds from scratch even when the addon is current. Default false. */
  readonly force?: boolean | undefined;
  /** Where progress goes, line by line. Default: standard error, with a live line on a terminal. */
  readonly log?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds the native addon, unless there is one that is ready: finds or downloads LibTorch, compiles, writes down what was
 * built. Another process that builds it is waited for.
 * @returns the addon that is ready then.
 * @throws TOOLCHAIN_MISSING, BUILD_FAILED, ABORTED and what `resolveLibTorch` and `findReadyAddon` throw.
 */
export async function buildAddon(options: BuildOptions = {}): Promise<ReadyAddon> {
  const notices = options.log ? lineNotices(options.log) : stderrNotices();
  const { signal } = options;
  const ready = options.force ? null : await readyNow();
  if (ready !== null) return ready;
  await makeBuildDir();
  return await withLock(LOCK_FILE, build, {
    signal,
    onWait: (holder) => notices.line(`Waiting for ${holder}, which is building the addon`),
  }).finally(() => notices.end());

  async function readyNow(): Promise<ReadyAddon | null> {
    const found = await findReadyAddon({ notices, signal });
    if (typeof found === 'string') return null;
    const version = found.version ?? found.builtFor.version ?? '';
    notices.line(`The addon is current: LibTorch ${version} in ${found.libDir ?? 'a place of its own'}`);
    return found;
  }

  async function build(): Promise<ReadyAddon> {
    const other = options.force ? null : await readyNow(); // by the process that was waited for
    if (other !== null) return other;
    checkToolchain();
    const libtorch = await resolveLibTorch({ notices, signal });
    const settings = readSettings();
    notices.line(
      `Building the addon for LibTorch ${libtorch.version} (${libtorch.source}, ${libtorch.cuda === null ? 'CPU' : `CUDA ${libtorch.cuda}`}) in ${libtorch.root}`,
    );
    await rm(RECORD_FILE, { force: true }); // a process that starts meanwhile waits instead of loading half an addon
    if (options.force) await cleanBuildDir();
    const hash = sourceHash();
    if (hash === null) throw sourcesMissing();
    await runCMake(libtorch, settings, notices, signal);
    const record: BuildRecord = {
      libtorch: {
        root: libtorch.root,
        libDir: libtorch.libDir,
        version: libtorch.version,
        cuda: (await isLinkedToCuda()) ? libtorch.cuda : null,
        source: libtorch.source,
      },
      sourceHash: hash,
      node: process.version,
      builtAt: new Date().toISOString(),
    };
    await writeFileAtomic(RECORD_FILE, `${JSON.stringify(record, null, 2)}\n`);
    notices.line(`Built ${BUILT_ADDON}`);
    const { libDir, version } = libtorch;
    return { path: BUILT_ADDON, kind: 'built', libDir, version, builtFor: builtFor(BUILT_ADDON) };
  }
}

function sourcesMissing(): ClTorchError {
  return new ClTorchError(
    'BUILD_FAILED',
    `The addon cannot be built: its C++ sources (native/, cmake/, CMakeLists.txt) are not in ${PACKAGE_DIR}. ` +
      'Install the whole package, or bring an addon that was built elsewhere (CL_TORCH_PREBUILD).',
  );
}

/** A CUDA LibTorch without CUDA headers gives a CPU addon; the addon itself tells. */
async function isLinkedToCuda(): Promise<boolean> {
  return (await readFile(BUILT_ADDON)).includes('libtorch_cuda.so\0');
}

async function makeBuildDir(): Promise<void> {
  try {
    await mkdir(BUILD_DIR, { recursive: true });
    await access(BUILD_DIR, constants.W_OK);
  } catch (error) {
    throw new ClTorchError(
      'BUILD_FAILED',
      `The addon is built inside the package, and ${BUILD_DIR} cannot be written: ${messageOf(error)}. ` +
        'Run `npx cl-torch build` as the user who installed the package, or install it where you may write.',
      { cause: error },
    );
  }
}
