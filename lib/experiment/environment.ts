import { createRequire } from 'node:module';
import type { RuntimeInfo } from '../../binding.js';
import type { ExperimentConfig } from '../config/schema.js';
import { loadNative } from '../native.js';
import type { Environment } from './types.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Settles `auto`: the first CUDA device when there is one, and a thread for every physical core. */
export async function resolveEnvironment(
  { device, threads }: Pick<ExperimentConfig, 'device' | 'threads'>,
  signal: AbortSignal,
): Promise<Environment> {
  const { runtimeInfo } = await loadNative({ signal });
  const info = runtimeInfo();
  const resolved = resolveDevice(device, info);
  const gpu = info.cudaDevices.find(({ index }) => resolved === `cuda:${index}`);
  return {
    clTorch: version,
    node: process.versions.node,
    libtorch: info.libtorch,
    cuda: info.cudaBuild,
    device: resolved,
    deviceName: gpu?.name ?? info.cpuCapability,
    threads: threads === 'auto' ? info.defaultThreads : threads,
  };
}

function resolveDevice(device: string, info: RuntimeInfo): string {
  if (device === 'auto') return info.cudaDevices.length > 0 ? 'cuda:0' : 'cpu';
  return device === 'cuda' ? 'cuda:0' : device;
}
