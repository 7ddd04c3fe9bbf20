import { defaultThreads } from '../training/default-threads.js';
import type { AddonFacts, Facts } from './facts.js';

/** `warn`: training works, with less than there could be. `fail`: training cannot run before the remedy. */
export type Status = 'ok' | 'warn' | 'fail';

export interface DiagnosisLine {
  readonly name: string;
  readonly status: Status;
  readonly value: string;
  /** What to do; there whenever `status` is not `ok`. */
  readonly remedy?: string;
}

export interface Diagnosis {
  /** Whether training can run now: no line has failed. */
  readonly ready: boolean;
  readonly lines: readonly DiagnosisLine[];
}

const BUILD = 'npx cl-torch build';
const LIBTORCH_DISK_BYTES = 1.5e9;

/** The diagnosis that follows from what was found on the machine. */
export function judge(facts: Facts): Diagnosis {
  const lines = [
    node(facts),
    tools(facts),
    libtorch(facts),
    addon(facts.addon),
    ...cuda(facts),
    ...cpu(facts.addon),
    ...data(facts),
    cache(facts),
  ];
  return { ready: lines.every((line) => line.status !== 'fail'), lines };
}

function node({ node, platform }: Facts): DiagnosisLine {
  const name = 'Node.js';
  const [major = 0, minor = 0] = node.slice(1).split('.').map(Number);
  const isOld = major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 12);
  if (isOld) return fail(name, `${node} is too old`, 'Install Node.js 20.19 or 22.12, or a newer release.');
  if (platform !== 'linux-x64') {
    return fail(name, `${node} on ${platform}`, 'Use Linux on x64: the addon is made for it alone.');
  }
  return ok(name, `${node} on ${platform}`);
}

function tools({ tools, addon }: Facts): DiagnosisLine {
  const name = 'Build tools';
  if (tools.missing.length === 0) return ok(name, 'C++20 compiler, CMake, make or ninja');
  const missing = `missing: ${tools.missing.join(', ')}`;
  if (typeof addon.ready !== 'string') return ok(name, `${missing}; not needed, the addon is built`);
  return fail(name, missing, tools.remedy);
}

function libtorch({ libtorch, offline, addon }: Facts): DiagnosisLine {
  const name = 'LibTorch';
  if (typeof addon.ready !== 'string') {
    const { version, libDir, builtFor } = addon.ready;
    const build = builtFor.cuda ? `CUDA ${builtFor.record?.libtorch.cuda ?? ''}`.trim() : 'CPU';
    return ok(name, `${version ?? 'version unknown'}, ${build}: ${libDir ?? 'found by the addon itself'}`);
  }
  if (typeof libtorch === 'string') return fail(name, firstLine(libtorch), lastLine(libtorch));
  if (libtorch !== null) {
    const build = libtorch.cuda === null ? 'CPU' : `CUDA ${libtorch.cuda}`;
    return ok(name, `${libtorch.version}, ${build}, from ${libtorch.source}: ${libtorch.root}`);
  }
  return offline
    ? fail(name, 'not found', 'Set LIBTORCH to one, or unset CL_TORCH_OFFLINE so that it can be downloaded.')
    : warn(name, 'not found', `${BUILD} downloads it.`);
}

function addon({ ready, fault, runtime }: AddonFacts): DiagnosisLine {
  const name = 'Native addon';
  if (fault !== null) return fail(name, firstLine(fault), lastLine(fault));
  if (typeof ready === 'string') return fail(name, `must be built: ${ready}`, BUILD);
  if (typeof runtime === 'string') return fail(name, firstLine(runtime), `${BUILD} --force`);
  return ok(name, ready.path);
}

function cuda({ addon: { runtime }, driver, driverRunsCuda }: Facts): DiagnosisLine[] {
  const name = 'CUDA';
  if (runtime === null || typeof runtime === 'string') return [];
  if (runtime.cudaBuild === null) {
    const value = driver === null ? 'CPU build; no NVIDIA driver' : `CPU build; NVIDIA driver ${driver}`;
    if (driver === null) return [ok(name, value)];
    return [
      driverRunsCuda
        ? warn(name, value, `To train on the GPU: CL_TORCH_CUDA=on ${BUILD}`)
        : warn(name, value, 'To train on the GPU install an NVIDIA driver 580 or newer (CUDA 13.0).'),
    ];
  }
  const versions = `built for ${runtime.cudaBuild}, driver runs ${runtime.cudaDriver ?? 'nothing: there is none'}`;
  if (runtime.cudaProblem !== null) {
    const remedy = 'Training runs on the CPU. For the GPU mend what it names (nvidia-smi shows the driver).';
    return [warn(name, `${versions}; ${runtime.cudaProblem}`, remedy)];
  }
  const devices = runtime.cudaDevices.map((device) =>
    ok(
      `cuda:${device.index}`,
      `${device.name}, compute capability ${device.capability}, ` +
        `${gigabytes(device.freeMemoryBytes)} of ${gigabytes(device.totalMemoryBytes)} GB free`,
    ),
  );
  if (runtime.cudaKernels) return [ok(name, `${versions}, with the fused engine's kernels`), ...devices];
  const remedy =
    'Training on the GPU goes by autograd. For the fused engine install the CUDA toolkit ' +
    `${runtime.cudaBuild}, put its nvcc on PATH and run ${BUILD} --force.`;
  return [warn(name, `${versions}, without the fused engine's kernels`, remedy), ...devices];
}

function cpu({ runtime }: AddonFacts): DiagnosisLine[] {
  if (runtime === null || typeof runtime === 'string') return [];
  const products = runtime.mkl ? 'MKL' : 'no MKL';
  const threads = `${defaultThreads(runtime)} threads by default (${runtime.allowedCpus} logical CPUs allowed)`;
  const value = `${threads}, ${runtime.cpuCapability}, ${products}; fused engine: ${runtime.vectors}`;
  if (runtime.vectors !== 'plain') return [ok('CPU', value)];
  const remedy = process.env.CL_TORCH_VECTORS
    ? 'The fused engine trains slowly by plain arithmetic: unset CL_TORCH_VECTORS.'
    : 'The fused engine trains slowly on this processor, which has neither AVX2 with FMA nor NEON: use --engine autograd.';
  return [warn('CPU', value, remedy)];
}

function data({ data }: Facts): DiagnosisLine[] {
  const none = data.every(({ found }) => !found);
  return data.map(({ dataset, found, where, remedy }) => {
    const name = `Data ${dataset}`;
    if (found) return ok(name, where ?? 'found');
    return none ? fail(name, 'not found', remedy) : warn(name, 'not found', remedy);
  });
}

function cache({ cache, libtorch }: Facts): DiagnosisLine {
  const name = 'Cache';
  const elsewhere = 'set CL_TORCH_CACHE to a folder';
  if (cache === null) return warn(name, 'none: no home folder', `For downloads ${elsewhere} you may write.`);
  const value = `${cache.folder}, ${gigabytes(cache.freeBytes)} GB free`;
  if (!cache.writable)
    return warn(name, `${value}, not writable`, `For downloads ${elsewhere} you may write.`);
  if (libtorch === null && cache.freeBytes < LIBTORCH_DISK_BYTES) {
    return warn(
      name,
      value,
      `LibTorch needs ${gigabytes(LIBTORCH_DISK_BYTES)} GB: free some, or ${elsewhere} on a larger disk.`,
    );
  }
  return ok(name, value);
}

function ok(name: string, value: string): DiagnosisLine {
  return { name, status: 'ok', value };
}

function warn(name: string, value: string, remedy: string): DiagnosisLine {
  return { name, status: 'warn', value, remedy };
}

function fail(name: string, value: string, remedy: string): DiagnosisLine {
  return { name, status: 'fail', value, remedy };
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function lastLine(text: string): string {
  return (
    text
      .split('\n')
      .at(-1)
      ?.replace(/^\s*\d+\.\s*/, '') ?? ''
  );
}
