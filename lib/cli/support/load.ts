import { loadNative } from '../../session/native.js';
import { findReadyAddon } from '../../setup/addon/index.js';

/** Something that shows what is done now. */
interface Stages {
  stage(text: string): void;
}

/**
 * Says that LibTorch is loaded, which takes the longest of what comes before the first task. Not where the addon must be
 * built or LibTorch fetched first: that tells of itself.
 */
export async function announceLoading(output: Stages): Promise<void> {
  const ready = await findReadyAddon().catch(() => 'loading it says why not');
  if (typeof ready !== 'string') output.stage('loading LibTorch');
}

/**
 * Loads the addon, and says so.
 * @throws {ClTorchError} What `loadNative` throws.
 */
export async function loadAddon(output: Stages, signal: AbortSignal): Promise<void> {
  await announceLoading(output);
  await loadNative({ signal });
  output.stage('reading the images');
}
