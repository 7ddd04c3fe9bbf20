import { createHash } from 'node:crypto';
import type { EvaluationOutcome, NamedTensor } from '../../binding.js';
import { commandLine } from '../config/command-line.js';
import type { ExperimentConfig } from '../config/types.js';
import { average, continualMetrics, taskMean } from '../metrics/index.js';
import type { Divergence, Environment, RunEvent, RunResult, TaskReport } from './types.js';

type EpochEvent = Extract<RunEvent, { type: 'epoch' }>;

/** Collects a run's numbers as they come. */
export class RunRecord {
  readonly #config: ExperimentConfig;
  readonly #environment: Environment;
  readonly #started: number;
  readonly #startedAt: string | undefined;
  readonly #command: string | null;
  readonly #setupSeconds: number;
  readonly #accuracy: number[][] = [];
  readonly #taskAware: number[][] = [];
  readonly #taskMeans: number[] = [];
  readonly #losses: number[][] = [];
  readonly #epochSeconds: number[][] = [];
  readonly #taskReports: TaskReport[] = [];
  readonly #later: number[][] = [];
  #initial: readonly number[] | undefined;
  #diverged: Divergence | null = null;
  #cudaGraphs: boolean | null = null;
  #parametersDigest: string | null = null;
  #earlierSeconds = 0;
  #earlierPeak = 0;
  #trainingSeconds = 0;
  #evaluationSeconds = 0;

  /**
   * @param started - `performance.now()` at the start of the run, whose set-up ends now.
   * @param earlier - The numbers of the part before, when the run is resumed.
   */
  constructor(config: ExperimentConfig, environment: Environment, started: number, earlier?: RunResult) {
    this.#config = config;
    this.#environment = environment;
    this.#started = started;
    // Of a run that an earlier version began, nobody knows it.
    this.#startedAt = earlier ? earlier.startedAt : new Date().toISOString();
    this.#command = commandLine({ config, threads: environment.threads });
    this.#setupSeconds = secondsSince(started) + (earlier?.seconds.setup ?? 0);
    if (!earlier) return;
    this.#taskAware.push(...(earlier.accuracyTaskAware ?? []).map((row) => [...row]));
    this.#accuracy.push(...earlier.accuracy.map((row) => [...row]));
    this.#taskMeans.push(...earlier.taskMeans);
    this.#losses.push(...earlier.losses.map((row) => [...row]));
    this.#epochSeconds.push(...earlier.epochSeconds.map((row) => [...row]));
    this.#taskReports.push(...earlier.taskReports);
    this.#initial = earlier.unseen?.initial;
    this.#diverged = earlier.diverged ?? null;
    this.#cudaGraphs = earlier.cudaGraphs ?? null;
    this.#later.push(...(earlier.unseen?.later ?? []).map((row) => [...row]));
    this.#trainingSeconds = earlier.seconds.training;
    this.#evaluationSeconds = earlier.seconds.evaluation;
    this.#earlierSeconds = earlier.seconds.total;
    this.#earlierPeak = earlier.peakMemoryBytes;
  }

  get environment(): Environment {
    return this.#environment;
  }

  /** Tasks that are done. */
  get tasks(): number {
    return this.#accuracy.length;
  }

  /** Epochs that are done, of all tasks. */
  get epochs(): number {
    return this.#losses.reduce((sum, row) => sum + row.length, 0);
  }

  get trainingSeconds(): number {
    return this.#trainingSeconds;
  }

  /** Records the accuracy on every task of the model before any training. */
  addInitial(evaluation: EvaluationOutcome): void {
    this.#initial = accuracies(evaluation);
    this.#evaluationSeconds += evaluation.seconds;
  }

  /** Where a number first became NaN or infinite. */
  get diverged(): Divergence | null {
    return this.#diverged;
  }

  /** Records such a place; the first one counts. */
  addDivergence({ task, phase, label, epoch, step }: Divergence): void {
    this.#diverged ??= { task, phase, ...(label === undefined ? {} : { label }), epoch, step };
  }

  beginTask(): void {
    this.#losses.push([]);
    this.#epochSeconds.push([]);
  }

  /** Records an epoch of the latest task. */
  addEpoch({ loss, seconds, cudaGraphs }: Pick<EpochEvent, 'loss' | 'seconds' | 'cudaGraphs'>): void {
    if (cudaGraphs !== null) this.#cudaGraphs = cudaGraphs && this.#cudaGraphs !== false;
    this.#losses.at(-1)?.push(loss);
    this.#epochSeconds.at(-1)?.push(seconds);
    this.#trainingSeconds += seconds;
  }

  /** Records what the latest task ended with. */
  addTask(evaluation: EvaluationOutcome, report: TaskReport): MeasuredTask {
    const accuracy = accuracies(evaluation);
    const accuracyTaskAware = this.#tellsTaskAware ? accuraciesTaskAware(evaluation) : null;
    if (accuracyTaskAware) this.#taskAware.push(accuracyTaskAware);
    const mean = taskMean(accuracy);
    this.#accuracy.push(accuracy);
    this.#taskMeans.push(mean);
    this.#taskReports.push(report);
    this.#evaluationSeconds += evaluation.seconds;
    return { accuracy, accuracyTaskAware, mean };
  }

  /** Of class-incremental tasks: of the others the accuracy itself knows the task, or no task has classes of its own. */
  get #tellsTaskAware(): boolean {
    return this.#config.scenario === 'class';
  }

  /** Records the accuracy on the tasks after the latest one. */
  addLater(evaluation: EvaluationOutcome): void {
    this.#later.push(accuracies(evaluation));
    this.#evaluationSeconds += evaluation.seconds;
  }

  /** Records what all training has come to. */
  addParameters(parameters: readonly NamedTensor[]): void {
    const hash = createHash('sha256');
    for (const { data } of parameters)
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#parametersDigest = hash.digest('hex');
  }

  result(status: RunResult['status']): RunResult {
    const later = this.#later.map((row) => [...row]);
    const phases = phaseSeconds(this.#taskReports);
    const unseen = this.#initial ? { initial: [...this.#initial], later } : null;
    return {
      schemaVersion: 2,
      status,
      diverged: this.#diverged,
      strategy: this.#config.strategy,
      startedAt: this.#startedAt,
      command: this.#command,
      config: this.#config,
      environment: this.#environment,
      cudaGraphs: this.#cudaGraphs,
      accuracy: this.#accuracy.map((row) => [...row]),
      accuracyTaskAware: this.#tellsTaskAware ? this.#taskAware.map((row) => [...row]) : null,
      taskMeans: [...this.#taskMeans],
      average: this.#taskMeans.length > 0 && !this.#diverged ? average(this.#taskMeans) : null,
      metrics: this.#diverged ? null : continualMetrics(this.#accuracy, unseen),
      unseen,
      losses: this.#losses.map((row) => [...row]),
      epochSeconds: this.#epochSeconds.map((row) => [...row]),
      taskReports: [...this.#taskReports],
      seconds: {
        setup: this.#setupSeconds,
        training: this.#trainingSeconds,
        search: Object.values(phases).reduce((sum, seconds) => sum + seconds, 0),
        phases,
        evaluation: this.#evaluationSeconds,
        total: this.#earlierSeconds + secondsSince(this.#started),
      },
      parametersDigest: this.#parametersDigest,
      peakMemoryBytes: Math.max(this.#earlierPeak, process.resourceUsage().maxRSS * 1024),
    };
  }
}

/** What the latest task ended with. */
interface MeasuredTask {
  readonly accuracy: number[];
  readonly accuracyTaskAware: number[] | null;
  readonly mean: number;
}

/** Percent right, view by view. */
export function accuracies({ correct, total }: EvaluationOutcome): number[] {
  return Array.from(correct, (count, view) => (100 * count) / (total[view] ?? Number.NaN));
}

/** The same where predictions are among the task's own classes. */
function accuraciesTaskAware({ correctInOwn, total }: EvaluationOutcome): number[] {
  return accuracies({ correct: correctInOwn, correctInOwn, total, seconds: 0 });
}

/** The strategy's phases by their names, each over all tasks. */
function phaseSeconds(reports: readonly TaskReport[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { phases } of reports) {
    for (const [name, { seconds }] of Object.entries(phases)) {
      sums[name] = (Object.hasOwn(sums, name) ? (sums[name] ?? 0) : 0) + seconds;
    }
  }
  return sums;
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
