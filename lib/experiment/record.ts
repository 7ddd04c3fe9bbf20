import type { EpochOutcome, EvaluationOutcome } from '../../binding.js';
import type { ExperimentConfig } from '../config/schema.js';
import { average, taskMean } from '../metrics/index.js';
import type { Environment, RunResult } from './types.js';

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

  /** Records the accuracies after the latest task. */
  addEvaluation({ correct, total, seconds }: EvaluationOutcome): { accuracy: number[]; mean: number } {
    const accuracy = Array.from(correct, (count, task) => (100 * count) / (total[task] ?? Number.NaN));
    const mean = taskMean(accuracy);
    this.#accuracy.push(accuracy);
    this.#taskMeans.push(mean);
    this.#evaluationSeconds += seconds;
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
      seconds: {
        setup: this.#setupSeconds,
        training: this.#trainingSeconds,
        evaluation: this.#evaluationSeconds,
        total: secondsSince(this.#started),
      },
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
