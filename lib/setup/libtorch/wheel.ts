import { spawn } from 'node:child_process';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ClTorchError, codeOf, messageOf } from '../../base/errors.js';
import type { Notices } from './notices.js';
import { type Wheel, wheelsOf } from './pinned.js';
import { makeTemporary } from './store.js';
import { unzip } from './unzip.js';
import type { Variant } from './variant.js';

export interface WheelOptions {
  readonly variant: Variant;
  /** The interpreter whose pip, and pip configuration, is used. */
  readonly python: string;
  readonly notices: Notices;
  readonly signal?: AbortSignal | undefined;
}

/** Folder, inside what {@link unpackWheels} fills, that holds include/ and lib/. */
export const WHEEL_ROOT = 'torch';

/** Every tag the pinned wheels carry: older releases of pip do not derive the older ones from the newest. */
const PLATFORMS = ['2_28', '2_27', '2_25', '2_18', '2_17', '2_12', '2014', '2010'].map((glibc) =>
  glibc.includes('_') ? `manylinux_${glibc}_x86_64` : `manylinux${glibc}_x86_64`,
);

const TORCH_HEADERS = /^torch\/include\/(ATen|c10|torch)\//;
const CPU_FILES = [
  TORCH_HEADERS,
  /^torch\/version\.py$/,
  /^torch\/lib\/lib(torch_cpu|c10|gomp)\b.*\.so/,
  /^nvidia\/cu13\/lib\/lib(cudart|cupti)\.so/,
];
const CUDA_FILES = [
  ...CPU_FILES,
  /^torch\/lib\/lib(torch|torch_cuda|torch_cuda_linalg|torch_nvshmem|c10_cuda|caffe2_nvrtc)\.so/,
  /^nvidia\/\w+\/lib\/[^/]+\.so\b/,
  /^nvidia\/cu13\/include\//,
];

/**
 * Downloads the pinned wheels with pip, which checks their SHA-256, and unpacks the files that building and
 * running need side by side into `into`, as pip would: the libraries find each other by relative RPATHs.
 * @returns the SHA-256 of each wheel.
 * @throws DOWNLOAD_FAILED when there is no pip or it fails; ABORTED by the signal.
 */
export async function unpackWheels(into: string, options: WheelOptions): Promise<Record<string, string>> {
  const { variant, notices, signal } = options;
  const wheels = wheelsOf(variant);
  const folder = await makeTemporary('wheels-');
  try {
    await downloadWheels(folder, wheels, options);
    const wanted = variant === 'cpu' ? CPU_FILES : CUDA_FILES;
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.whl'))) {
      notices.line(`Unpacking ${file}`);
      await unzip(join(folder, file), into, (name) => wanted.some((pattern) => pattern.test(name)), signal);
      await rm(join(folder, file)); // before the next is unpacked: the CUDA build is large
    }
    return Object.fromEntries(wheels.map((wheel) => [`${wheel.name} ${wheel.version}`, wheel.sha256]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function downloadWheels(
  folder: string,
  wheels: readonly Wheel[],
  options: WheelOptions,
): Promise<void> {
  const requirements = join(folder, 'requirements.txt');
  await writeFile(
    requirements,
    wheels.map((wheel) => `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`).join(''),
  );
  const total = wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  const label = `Downloading ${wheels[0]?.name} ${wheels[0]?.version} and ${wheels.length - 1} more with pip`;
  const watch = watchProgress(folder, label, total, options.notices);
  try {
    await runPip(folder, requirements, options);
    options.notices.progress(label, total, total, null);
  } finally {
    clearInterval(watch);
  }
}

/** pip tells its progress in a different way in each release; the folder it writes to tells it in all. */
function watchProgress(folder: string, label: string, total: number, notices: Notices): NodeJS.Timeout {
  notices.progress(label, 0, total, null);
  const start = Date.now();
  const timer = setInterval(() => {
    sizeOf(folder).then(
      (size) => {
        const rate = size / ((Date.now() - start) / 1000);
        if (size < total) notices.progress(label, size, total, rate);
      },
      () => {}, // pip has just moved a file
    );
  }, 500);
  return timer.unref();
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function runPip(folder: string, requirements: string, options: WheelOptions): Promise<void> {
  const { python, signal } = options;
  const args = [
    ...['-m', 'pip', 'download', '--require-hashes', '--requirement', requirements, '--dest', folder],
    ...['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--progress-bar=off'],
    ...['--disable-pip-version-check', '--no-input', '--retries=1', '--timeout=30'],
    ...['--python-version=3.11', '--implementation=cp', '--abi=cp311', '--abi=none'],
    ...PLATFORMS.flatMap((platform) => ['--platform', platform]),
  ];
  // TMPDIR: pip builds files up there first, and the system's temporary folder may be too small.
  const env = { ...process.env, TMPDIR: folder };
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn(python, args, { env, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let text = '';
    const collect = (chunk: Buffer): void => {
      text = (text + chunk.toString()).slice(-4_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? '' : text || `exit status ${code}`));
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    const reason = codeOf(error) === 'ENOENT' ? `there is no ${basename(python)}` : messageOf(error);
    throw new ClTorchError('DOWNLOAD_FAILED', `Cannot run ${python}: ${reason}.`, { cause: error });
  });
  if (output !== '') throw new ClTorchError('DOWNLOAD_FAILED', `pip download failed: ${lastLines(output)}`);
}

function lastLines(output: string): string {
  const errors = output.split('\n').filter((line) => /error|no module/i.test(line));
  return (errors.length > 0 ? errors : output.trim().split('\n')).slice(-3).join(' ').trim();
}
