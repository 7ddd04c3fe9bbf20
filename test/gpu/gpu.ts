import { describe } from 'vitest';
import { loadNative } from '../../lib/session/native.js';

const { runtimeInfo } = await loadNative();
const { cudaBuild, cudaDevices, cudaKernels, cudaProblem } = runtimeInfo();

/** Why the tests here cannot run; null when they can. */
const reason = ((): string | null => {
  if (cudaBuild === null) return 'the addon was built without CUDA';
  if (cudaDevices.length === 0) return `no CUDA device: ${cudaProblem}`;
  return cudaKernels ? null : 'the addon was built without CUDA kernels';
})();

if (reason !== null && process.env.CL_TORCH_REQUIRE_GPU === '1') {
  throw new Error(`CL_TORCH_REQUIRE_GPU is set, but ${reason}.`);
}

/** A `describe` that is skipped, with the reason in its name, where there is no GPU that the addon can use. */
export function describeOnGpu(name: string, body: () => void): void {
  describe.skipIf(reason !== null)(reason === null ? name : `${name} (skipped: ${reason})`, body);
}

/** The device that the tests use. */
export const device = 'cuda:0';
