export type { LibTorch, Runtime } from './inspect.js';
export { lineNotices, type Notices, stderrNotices } from './notices.js';
export {
  findLibTorch,
  type ResolveOptions,
  resolveLibTorch,
  resolveRuntime,
  runtimeNamed,
  type Search,
} from './resolve.js';
export { type LibTorchSettings, readSettings } from './settings.js';
