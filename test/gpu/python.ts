import { spawnSync } from 'node:child_process';
import { loadNative } from '../../lib/session/native.js';

/** A Python with stock PyTorch, for tests beside it. */
export const python: string = process.env.CL_TORCH_PYTHON ?? 'python3';

const { libtorch } = (await loadNative()).runtimeInfo();
const { stdout } = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' });
const pythonTorch = stdout?.trim().split('+')[0] || 'none';

/** Why such a test is skipped, for the end of its name; empty where it is not. */
export const whyNoPyTorch: string =
  pythonTorch === libtorch ? '' : ` (skipped: ${python} has torch ${pythonTorch}, not ${libtorch})`;
