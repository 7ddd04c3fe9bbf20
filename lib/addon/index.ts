export { type BuildOptions, buildAddon } from './build.js';
export { ensureAddon } from './ensure.js';
export type { BuildRecord } from './record.js';
