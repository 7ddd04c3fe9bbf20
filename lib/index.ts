export type {
  AppendOptions,
  ClassesOutcome,
  ClassifyOptions,
  DatasetOptions,
  DirectionOptions,
  DirectionOutcome,
  EpochOptions,
  EpochOutcome,
  EquilibriumOptions,
  EquilibriumOutcome,
  EvaluateOptions,
  EvaluationOutcome,
  Examples,
  GradientOptions,
  ImportanceOptions,
  ModelOptions,
  NamedTensor,
  NamedVectors,
  NetworkSpec,
  OptimizerOptions,
  OptimizerSnapshot,
  PenaltyOptions,
  PredictOptions,
  ProgressCallback,
  RowsOptions,
  ScoreOutcome,
  SessionSnapshot,
  StreamsSnapshot,
  TrainingGroupOptions,
  VectorGrowth,
  VectorSnapshot,
  ViewOptions,
} from '../binding.js';
export { ClTorchError, type ErrorCode, isClTorchError } from './base/errors.js';
export {
  type BenchmarkData,
  type BenchmarkDefinition,
  defineBenchmark,
  type SplitPlan,
  type TaskPlan,
  type TasksOption,
} from './benchmarks/define.js';
export { type LoadModelOptions, loadModel, type ModelWeights, saveModel } from './checkpoint/model-file.js';
export { option } from './config/option-builder.js';
export type { CustomExperimentInput, ExperimentConfig, ExperimentInput, OptionsOf } from './config/types.js';
export type { DatasetName } from './datasets/index.js';
export { type Dataset, loadDataset, type Split } from './datasets/index.js';
export type { CustomLearnerInput, LearnerConfig, LearnerInput, LearnerOptions } from './learner/config.js';
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
export type { Kind, Option, OptionSchemas } from './options/option.js';
export { type ImageOptions, type ImagePrediction, predictImages } from './prediction/index.js';
export { consecutiveSeeds } from './random/seeds.js';
export type { Environment, PhaseSeconds, RunEvent, RunResult, TaskReport } from './runs/types.js';
export type { CallOptions, SearchCallOptions } from './session/native-calls.js';
export type { OptimizerInput } from './session/optimizer.js';
export type { PenaltyInput } from './session/penalty.js';
export { Session, type SessionOptions } from './session/session.js';
export { SharedDataset, shareDataset } from './session/shared-dataset.js';
export { createTrainingGroup, TrainingGroup } from './session/training-group.js';
export type { Factor, Vectors } from './session/vectors.js';
export { openEventLog, openTensorBoardLog, type RunLog } from './sinks/index.js';
export type { StrategyName } from './strategies/index.js';
export { type LfdOptions, lfdOptions } from './strategies/lfd/options.js';
export {
  directionPenalty,
  moveToEquilibriumPoint,
  rememberAnchor,
  searchDirection,
} from './strategies/lfd/parts.js';
export { reportDeviation } from './strategies/lfd/way.js';
export { type MemoryOptions, memoryOptions, reservoirOf } from './strategies/rehearsal/memory.js';
export { remember } from './strategies/rehearsal/remember.js';
export { type ResumeOptions, resumeExperiment, runExperiment } from './sweep/experiment.js';
export type { RunFailure } from './sweep/plan/executor.js';
export type { SweepInput } from './sweep/plan/request.js';
export type {
  MethodSummary,
  RunStatus,
  RunSummary,
  SweepReport,
  SweepRun,
  SweepSpec,
  TrialSummary,
} from './sweep/plan/types.js';
export { runSweep, type SweepCallOptions } from './sweep/run-sweep.js';
export { runSeeds, type SeedsOptions, type SeedsResult } from './sweep/seeds.js';
export type { ExperimentRun, NewRunOptions, RunOptions } from './sweep/start.js';
export {
  type CreationContext,
  defineStrategy,
  type Preset,
  type Scenario,
  type StrategyConfig,
  type StrategyDefinition,
  type StrategyRole,
} from './training/definition.js';
export type { TrainingEvent } from './training/events.js';
export type { TrainingOptions } from './training/options.js';
export type { ReportPart, TaskCurve, TaskMeasure, TaskPhase } from './training/report.js';
export type { Labels, Objective, Phase, PhaseCall, Strategy, TaskContext } from './training/strategy.js';
