import type { ExperimentConfig } from '../config/schema.js';
import { baseline } from './baseline.js';
import type { Strategy } from './strategy.js';

/** The strategies by the name that `run` and the configuration take. */
export const strategies: Readonly<Record<ExperimentConfig['strategy'], Strategy>> = { baseline };
