export type {
  AdamWOptions,
  DatasetOptions,
  DirectionOptions,
  DirectionOutcome,
  EpochOutcome,
  EquilibriumOptions,
  EquilibriumOutcome,
  EvaluationOutcome,
  ModelOptions,
  NamedTensor,
  PenaltyOptions,
  RiemannianSgd,
  RiemannianSgdOptions,
  Sphere,
  SphereOptions,
} from '../binding.js';
export type { ExperimentConfig, ExperimentInput } from './config/schema.js';
export type { DatasetName } from './data/index.js';
export { ClTorchError, type ErrorCode } from './errors.js';
export { type ExperimentRun, type RunOptions, runExperiment } from './experiment/index.js';
export type { Environment, PhaseSeconds, RunEvent, RunResult, TaskReport } from './experiment/types.js';
export { createRiemannianSgd, createSphere } from './geometry.js';
export { type CallOptions, type SearchCallOptions, Session } from './session.js';
