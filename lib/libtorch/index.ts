export type { LibTorch } from './inspect.js';
export { lineNotices, type Notices, stderrNotices } from './notices.js';
export { findLibTorch, type ResolveOptions, resolveLibTorch, type Search } from './resolve.js';
export { type CudaWish, readSettings } from './settings.js';
