import type { EpochOutcome, EvaluationOutcome } from '../../binding.js';
import type { ExperimentConfig } from '../config/schema.js';
import { average, taskMean } from '../metrics/index.js';
import type { Environment, RunResult, TaskReport } from './types.js';

/** Collects a run's numbers as they come. */
export class RunRecord {
  readonly #config: ExperimentConfig;
  readonly #environment: Environment;
  readonly #started: number;
  readonly #setupSeconds: number;
  readonly #accuracy: number[][] = [];
  readonly #taskMeans: number[] = [];
  readonly #losses: number[][] = [];
  readonly #epochSeconds: number[][] = [];
  readonly #taskReports: TaskReport[] = [];
  #trainingSeconds = 0;
  #evaluationSeconds = 0;

  /** `started`: `performance.now()` at the start of the run, whose set-up ends now. */
  constructor(config: ExperimentConfig, environment: Environment, started: number) {
    this.#config = config;
    this.#environment = environment;
    this.#started = started;
    this.#setupSeconds = secondsSince(started);
  }

  get environment(): Environment {
    return this.#environment;
  }

  beginTask(): void {
    this.#losses.push([]);
    this.#epochSeconds.push([]);
  }

  /** Records an epoch of the latest task; returns its mean loss. */
  addEpoch({ losses, seconds }: EpochOutcome): number {
    const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    this.#losses.at(-1)?.push(loss);
    this.#epochSeconds.at(-1)?.push(seconds);
    this.#trainingSeconds += seconds;
    return loss;
  }

  /** Records what the latest task ended with. */
  addTask(evaluation: EvaluationOutcome, report: TaskReport): { accuracy: number[]; mean: number } {
    const accuracy = accuracies(evaluation);
    const mean = taskMean(accuracy);
    this.#accuracy.push(accuracy);
    this.#taskMeans.push(mean);
    this.#taskReports.push(report);
    this.#evaluationSeconds += evaluation.seconds;
    return { accuracy, mean };
  }

  result(status: RunResult['status']): RunResult {
    return {
      schemaVersion: 1,
      status,
      strategy: this.#config.strategy,
      config: this.#config,
      environment: this.#environment,
      accuracy: this.#accuracy.map((row) => [...row]),
      taskMeans: [...this.#taskMeans],
      average: this.#taskMeans.length > 0 ? average(this.#taskMeans) : null,
      losses: this.#losses.map((row) => [...row]),
      epochSeconds: this.#epochSeconds.map((row) => [...row]),
      taskReports: [...this.#taskReports],
      seconds: {
        setup: this.#setupSeconds,
        training: this.#trainingSeconds,
        search: this.#taskReports.reduce((sum, report) => sum + searchSeconds(report), 0),
        evaluation: this.#evaluationSeconds,
        total: secondsSince(this.#started),
      },
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  }
}

/** Percent right, view by view. */
export function accuracies({ correct, total }: EvaluationOutcome): number[] {
  return Array.from(correct, (count, view) => (100 * count) / (total[view] ?? Number.NaN));
}

function searchSeconds({ direction, equilibriumPoint }: TaskReport): number {
  return (direction?.seconds ?? 0) + (equilibriumPoint?.seconds ?? 0);
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
