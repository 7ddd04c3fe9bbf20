export type { ExperimentConfig, ExperimentInput } from './config/schema.js';
export type { DatasetName } from './data/index.js';
export { ClTorchError, type ErrorCode } from './errors.js';
export { type ExperimentRun, type RunOptions, runExperiment } from './experiment/index.js';
export type { Environment, PhaseSeconds, RunEvent, RunResult } from './experiment/types.js';
