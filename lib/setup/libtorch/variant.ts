import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { CudaWish } from './settings.js';

/** The builds of LibTorch this package fetches: for the CPU only, or for CUDA 13.0. */
export type Variant = 'cpu' | 'cu130';

/** First NVIDIA driver that runs CUDA 13.0 (CUDA Toolkit release notes, table of minimum driver versions). */
const CUDA_13_DRIVER = 580;

/** The build to fetch for a wish and the installed NVIDIA driver (such as `580.65.06`; null without one). */
export function chooseVariant(wish: CudaWish, driver: string | null): Variant {
  if (wish === 'auto') return Number.parseInt(driver ?? '0', 10) >= CUDA_13_DRIVER ? 'cu130' : 'cpu';
  return wish === 'on' ? 'cu130' : 'cpu';
}

/** Version of the installed NVIDIA driver; null without one. */
export async function driverVersion(): Promise<string | null> {
  return kernelModuleVersion() ?? (await nvidiaSmiVersion());
}

function kernelModuleVersion(): string | null {
  try {
    return parseDriverVersion(readFileSync('/proc/driver/nvidia/version', 'utf8'));
  } catch {
    return null;
  }
}

/** Containers may hide /proc/driver while the tool answers. */
async function nvidiaSmiVersion(): Promise<string | null> {
  try {
    const query = ['--query-gpu=driver_version', '--format=csv,noheader'];
    return parseDriverVersion((await promisify(execFile)('nvidia-smi', query, { timeout: 10_000 })).stdout);
  } catch {
    return null;
  }
}

/** The driver's version out of the text of /proc/driver/nvidia/version or of nvidia-smi; null when it has none. */
export function parseDriverVersion(text: string): string | null {
  return /\b(\d{3,}\.\d+(?:\.\d+)?)\b/.exec(text)?.[1] ?? null;
}
