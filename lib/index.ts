export type {
  AdamWOptions,
  AppendOptions,
  ClassesOutcome,
  ClassifyOptions,
  CohortOptions,
  DatasetOptions,
  DirectionOptions,
  DirectionOutcome,
  DirectionSnapshot,
  EpochOptions,
  EpochOutcome,
  EquilibriumOptions,
  EquilibriumOutcome,
  EvaluateOptions,
  EvaluationOutcome,
  Examples,
  GradientOutcome,
  MatrixProductsOptions,
  MatrixProductsOutcome,
  ModelOptions,
  NamedTensor,
  OptimizerSnapshot,
  PenaltyOptions,
  PenaltySnapshot,
  PredictOptions,
  ProgressCallback,
  RiemannianSgd,
  RiemannianSgdOptions,
  RowsOptions,
  ScoreOutcome,
  SessionSnapshot,
  Sphere,
  SphereOptions,
  StreamsSnapshot,
  ViewOptions,
} from '../binding.js';
export { loadModel, type ModelWeights, saveModel } from './checkpoint/model-file.js';
export { Cohort, createCohort } from './cohort.js';
export type { ExperimentConfig, ExperimentInput, OptionsOf, StrategyName } from './config/schema.js';
export type { DatasetName } from './data/index.js';
export { type Dataset, loadDataset, type Split } from './data/index.js';
export { ClTorchError, type ErrorCode, isClTorchError } from './errors.js';
export {
  type ExperimentRun,
  type NewRunOptions,
  type ResumeOptions,
  type RunOptions,
  resumeExperiment,
  runExperiment,
} from './experiment/index.js';
export type { OwnExperimentInput } from './experiment/plan.js';
export { consecutiveSeeds, runSeeds, type SeedsOptions, type SeedsResult } from './experiment/seeds.js';
export type { Environment, PhaseSeconds, RunEvent, RunResult, TaskReport } from './experiment/types.js';
export { createRiemannianSgd, createSphere } from './geometry.js';
export type { LearnerConfig, LearnerInput, LearnerOptions, OwnLearnerInput } from './learner/config.js';
export type { TrainingEvent } from './learner/events.js';
export { ContinualLearner } from './learner/learner.js';
export type { Classification, Evaluation, Prediction } from './learner/prediction.js';
export { LearnerSnapshot } from './learner/snapshot.js';
export type { Inputs, Task, TaskData } from './learner/task-data.js';
export type {
  LearnerCallOptions,
  LearnOptions,
  LearnOutcome,
  LoadOptions,
  MemoryPart,
  PredictCallOptions,
  SnapshotOptions,
} from './learner/types.js';
export { openEventLog, openTensorBoardLog, type RunLog } from './log/index.js';
export {
  type AccuracyMatrix,
  averageAccuracy,
  backwardTransfer,
  type ContinualMetrics,
  continualMetrics,
  forgetting,
  forgettingByTask,
  forwardTransfer,
  learningAccuracy,
  type UnseenAccuracy,
} from './metrics/index.js';
export { type CallOptions, type SearchCallOptions, Session, type SessionOptions } from './session.js';
export type { Labels } from './strategies/exemplars.js';
export type { OwnStrategy } from './strategies/own.js';
export { followDirection, moveToEquilibriumPoint, remember } from './strategies/parts.js';
export type { Phase, Strategy, TaskContext } from './strategies/strategy.js';
