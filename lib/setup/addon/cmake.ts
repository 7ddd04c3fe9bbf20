import { spawn } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ClTorchError } from '../../base/errors.js';
import { endTree } from '../../base/process-tree.js';
import { onAbort } from '../../base/signals.js';
import type { LibTorch, LibTorchSettings, Notices } from '../libtorch/index.js';
import { BUILD_DIR, PACKAGE_DIR } from './location.js';
import { progressOf, shareOf } from './progress.js';

export const LOG_FILE: string = join(BUILD_DIR, 'cl_torch-build.log');
export const LOCK_FILE: string = join(BUILD_DIR, 'cl_torch-build.lock');
const CONFIGURED_FILE = join(BUILD_DIR, 'cl_torch-configured.json');

/** Memory a compiler takes for files that include ATen, with room to spare. */
const BYTES_PER_JOB = 1.5e9;
const SHOWN_LINES = 25;

/**
 * Runs cmake-js; its output goes to {@link LOG_FILE}, a line for each compiled unit to `notices`, whether the CUDA kernels
 * are among them, and on a terminal how far it is. What an earlier build left is used again when it was configured for the
 * same LibTorch, CUDA and units, and removed otherwise: CMake keeps old paths in its cache.
 * @throws BUILD_FAILED with the end of the output; ABORTED by the signal.
 */
export async function runCMake(
  libtorch: LibTorch,
  {
    cuda,
    unity,
    warningsAsErrors,
    jobs,
  }: Pick<LibTorchSettings, 'cuda' | 'unity' | 'warningsAsErrors' | 'jobs'>,
  notices: Notices,
  signal?: AbortSignal,
): Promise<void> {
  const configuration = JSON.stringify({
    root: libtorch.root,
    version: libtorch.version,
    cuda,
    unity,
    warningsAsErrors,
  });
  if (!(await isConfiguredFor(configuration))) {
    await cleanBuildDir();
    await writeFile(CONFIGURED_FILE, configuration);
  }
  const output = await runCMakeJs(
    [
      `--CDLIBTORCH_ROOT=${libtorch.root}`,
      `--CDCL_TORCH_CUDA=${cuda}`,
      `--CDCL_TORCH_UNITY=${unity}`,
      `--CDCL_TORCH_WARNINGS_AS_ERRORS=${warningsAsErrors}`,
      `--parallel=${jobs ?? parallelJobs()}`,
    ],
    notices,
    signal,
  );
  if (output !== null) throw buildFailed(output);
}

/** Removes what builds made; the lock this process holds stays. */
export async function cleanBuildDir(): Promise<void> {
  for (const name of await readdir(BUILD_DIR)) {
    const path = join(BUILD_DIR, name);
    if (path !== LOCK_FILE) await rm(path, { recursive: true, force: true });
  }
}

async function isConfiguredFor(configuration: string): Promise<boolean> {
  // After a failed configuration CMake's cache is there without them, and cmake-js would not configure again.
  const hasBuildFiles = ['build.ninja', 'Makefile'].some((name) => existsSync(join(BUILD_DIR, name)));
  return hasBuildFiles && (await readFile(CONFIGURED_FILE, 'utf8').catch(() => '')) === configuration;
}

/** The output when the build failed; null when it succeeded. */
async function runCMakeJs(
  args: readonly string[],
  notices: Notices,
  signal: AbortSignal | undefined,
): Promise<string[] | null> {
  const cmakeJs = join(
    dirname(createRequire(import.meta.url).resolve('cmake-js/package.json')),
    'bin/cmake-js',
  );
  const child = spawn(process.execPath, [cmakeJs, 'build', ...args], {
    cwd: PACKAGE_DIR,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => endTree(child.pid);
  const release = signal && onAbort(signal, stop);
  const logFile = createWriteStream(LOG_FILE);
  const lines: string[] = [];
  const clock = tellTime(notices);
  const follow = (stream: NodeJS.ReadableStream): void => {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      logFile.write(`${line}\n`);
      const told = progressOf(line, BUILD_DIR);
      if (told !== null) notices.line(told);
      clock.share = shareOf(line) ?? clock.share;
    });
  };
  follow(child.stdout);
  follow(child.stderr);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  })
    .catch((error: unknown) => {
      throw new ClTorchError('BUILD_FAILED', `The native addon cannot be built: ${error}.`, { cause: error });
    })
    .finally(() => {
      release?.();
      clock.stop();
      logFile.end();
    });
  if (signal?.aborted) throw new ClTorchError('ABORTED', 'The build of the native addon was stopped.');
  return status === 0 ? null : lines;
}

/** A unit takes up to half a minute: on a terminal the time that has passed shows that the compiler is at work. */
function tellTime(notices: Notices): { share: string; stop(): void } {
  const start = Date.now();
  const clock = {
    share: '',
    stop() {
      clearInterval(timer);
      notices.status('');
    },
  };
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - start) / 1000);
    notices.status(`Compiling${clock.share === '' ? '' : `, ${clock.share} done`}: ${seconds} s`);
  }, 1_000);
  return clock;
}

function buildFailed(output: readonly string[]): ClTorchError {
  const firstError = output.findIndex((line) => /\berror\b/i.test(line));
  const from = firstError < 0 ? -SHOWN_LINES : Math.max(0, firstError - 2);
  const shown = output.slice(from).slice(0, SHOWN_LINES);
  return new ClTorchError(
    'BUILD_FAILED',
    [
      'The native addon could not be built. From the output:',
      ...shown.map((line) => `  ${line}`),
      `The whole output is in ${LOG_FILE}.`,
      'Mend what it names, then run `npx cl-torch build` again; `npx cl-torch doctor` shows what is in place.',
    ].join('\n'),
  );
}

function parallelJobs(): number {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const byMemory = Math.floor(Math.min(freemem(), limit) / BYTES_PER_JOB);
  return Math.max(1, Math.min(availableParallelism(), byMemory));
}
