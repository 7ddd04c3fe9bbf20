import { access, constants, mkdir, readFile, rm } from 'node:fs/promises';
import { ClTorchError, messageOf } from '../errors.js';
import { writeFileAtomic } from '../files/index.js';
import { lineNotices, readSettings, resolveLibTorch, stderrNotices } from '../libtorch/index.js';
import { withLock } from '../lock.js';
import { cleanBuildDir, LOCK_FILE, runCMake } from './cmake.js';
import { BUILD_DIR, BUILT_ADDON } from './location.js';
import { type BuildRecord, RECORD_FILE, readRecord, sourceHash, staleReason } from './record.js';
import { checkToolchain } from './toolchain.js';

export interface BuildOptions {
  /** Builds from scratch even when the addon is current. Default false. */
  readonly force?: boolean | undefined;
  /** Where progress goes, line by line. Default: standard error, with a live line on a terminal. */
  readonly log?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds the native addon, unless it is current: finds or downloads LibTorch, compiles, writes down what was
 * built. Another process that builds it is waited for.
 * @returns what the addon was built from.
 * @throws TOOLCHAIN_MISSING, BUILD_FAILED, ABORTED and what `resolveLibTorch` throws.
 */
export async function buildAddon(options: BuildOptions = {}): Promise<BuildRecord> {
  const notices = options.log ? lineNotices(options.log) : stderrNotices();
  const { signal } = options;
  await makeBuildDir();
  return await withLock(LOCK_FILE, build, {
    signal,
    onWait: (holder) => notices.line(`Waiting for ${holder}, which is building the addon`),
  }).finally(() => notices.end());

  async function build(): Promise<BuildRecord> {
    const current = options.force || staleReason() !== null ? null : readRecord();
    if (current !== null) {
      notices.line(`The addon is current: LibTorch ${current.libtorch.version} in ${current.libtorch.root}`);
      return current;
    }
    checkToolchain();
    const libtorch = await resolveLibTorch({ notices, signal });
    const { cuda } = readSettings();
    notices.line(
      `Building the addon for LibTorch ${libtorch.version} (${libtorch.source}, ${libtorch.cuda === null ? 'CPU' : `CUDA ${libtorch.cuda}`}) in ${libtorch.root}`,
    );
    await rm(RECORD_FILE, { force: true }); // a process that starts meanwhile waits instead of loading half an addon
    if (options.force) await cleanBuildDir();
    const hash = sourceHash();
    await runCMake(libtorch, cuda, notices.line, signal);
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
    return record;
  }
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
