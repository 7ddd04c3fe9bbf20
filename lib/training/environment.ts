import { createRequire } from 'node:module';
import type { NetworkSpec, ObjectivePart, RuntimeInfo } from '../../binding.js';
import { ClTorchError } from '../base/errors.js';
import { loadNative } from '../session/native.js';
import { defaultThreads } from './default-threads.js';
import type { TrainingOptions } from './options.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** What produced the numbers; autograd's bits depend on the LibTorch version, the instruction set and the thread count. */
export interface Environment {
  readonly clTorch: string;
  readonly node: string;
  /** Version of the LibTorch that was loaded, such as `2.14.1`. */
  readonly libtorch: string;
  /** CUDA toolkit LibTorch was built with, such as `13.0`; null for a CPU build. */
  readonly cuda: string | null;
  /** Device the run trained on: `cpu` or `cuda:N`. */
  readonly device: string;
  /** Name of the GPU, or the instruction set LibTorch's CPU kernels use (`AVX2`, `AVX512`, `DEFAULT`). */
  readonly deviceName: string;
  /** CPU threads of the training thread's team. */
  readonly threads: number;
  /** What trained: by autograd, bit-exact with PyTorch, or fused. */
  readonly engine: 'autograd' | 'fused';
  /** Why the engine `auto` is not the fused one; null where it is, or where an engine was asked for by name. */
  readonly engineReason: string | null;
  /** Of the fused engine's matrix products on a GPU. */
  readonly precision: 'fp32' | 'tf32' | 'bf16';
}

/** What a training asks of the machine. */
export interface MachineDemands extends Pick<TrainingOptions, 'device' | 'threads' | 'engine' | 'precision'> {
  /** Kind of the network that is trained. */
  readonly network: NetworkSpec['kind'];
  /** Of its specification, settings that the plainest network of its kind does not have. Default none. */
  readonly settings?: readonly string[] | undefined;
  /** Whether images are shown otherwise each time. Default no. */
  readonly augmentation?: boolean | undefined;
  /** Whether batches are learnt in parts. Default no. */
  readonly microBatches?: boolean | undefined;
  /** Whether a step's gradient has a largest norm. Default no. */
  readonly clipsGradient?: boolean | undefined;
  /** What the strategy's objectives have beside cross-entropy and one penalty on leaving a direction. Default nothing. */
  readonly objective?: readonly ObjectivePart[] | undefined;
  /** What `auto` means as the engine, where something asks for one. */
  readonly preferred?: PreferredEngine | undefined;
}

/** An engine that something asks for, and why: `the preset … asks for …`. */
export interface PreferredEngine {
  readonly engine: 'autograd' | 'fused';
  readonly reason: string;
}

/**
 * Settles `auto`: the first CUDA device when there is one, the threads of {@link defaultThreads}, the fused engine unless
 * another one is preferred or the addon has a reason why it cannot train this.
 *
 * @throws {ClTorchError} CONFIG_INVALID when the precision is not to be had on this device.
 */
export async function resolveEnvironment(
  asked: MachineDemands,
  signal: AbortSignal | undefined,
): Promise<Environment> {
  const { device, threads, network, precision, settings = [] } = asked;
  const { augmentation = false, objective = [], clipsGradient = false } = asked;
  const binding = await loadNative({ signal });
  const info = binding.runtimeInfo();
  const resolved = resolveDevice(device, info);
  const { engine, engineReason } = resolveEngine(asked, () =>
    binding.whyNotFused({
      network,
      settings,
      device: resolved,
      augmentation,
      objective,
      clipsGradient,
    }),
  );
  requirePrecision(precision, resolved);
  requireMicroBatches(asked, engine);
  const gpu = info.cudaDevices.find(({ index }) => resolved === `cuda:${index}`);
  return {
    clTorch: version,
    node: process.versions.node,
    libtorch: info.libtorch,
    cuda: info.cudaBuild,
    device: resolved,
    deviceName: gpu?.name ?? info.cpuCapability,
    threads: threads === 'auto' ? defaultThreads(info) : threads,
    engine,
    engineReason,
    precision,
  };
}

function resolveDevice(device: string, info: RuntimeInfo): string {
  if (device === 'auto') return info.cudaDevices.length > 0 ? 'cuda:0' : 'cpu';
  return device === 'cuda' ? 'cuda:0' : device;
}

function resolveEngine(
  { engine, preferred, microBatches }: MachineDemands,
  whyNotFused: () => string | null,
): Pick<Environment, 'engine' | 'engineReason'> {
  if (engine !== 'auto') return { engine, engineReason: null };
  if (microBatches) return { engine: 'autograd', engineReason: 'the fused engine has no micro-batches' };
  if (preferred) return { engine: preferred.engine, engineReason: preferred.reason };
  const engineReason = whyNotFused();
  return { engine: engineReason === null ? 'fused' : 'autograd', engineReason };
}

function requirePrecision(precision: string, device: string): void {
  if (precision === 'fp32' || device !== 'cpu') return;
  throw new ClTorchError(
    'CONFIG_INVALID',
    `precision (--precision) ${precision} is for a GPU; this run is on the CPU. Leave it out, or choose --device cuda.`,
  );
}

function requireMicroBatches({ microBatches = false }: MachineDemands, engine: string): void {
  if (!microBatches || engine === 'autograd') return;
  throw new ClTorchError(
    'CONFIG_INVALID',
    'microBatchSize (--micro-batch-size) is for the autograd engine; the fused one, which this run asks for, needs ' +
      'little memory for a batch. Leave one of the two out.',
  );
}
