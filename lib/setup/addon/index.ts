export { type BuildOptions, buildAddon } from './build.js';
export { ensureAddon } from './ensure.js';
export { findReadyAddon, type ReadyAddon } from './ready.js';
export type { BuildRecord } from './record.js';
