import type { ClassRange } from '../../binding.js';
import { flag, optional, refused } from '../base/arguments.js';
import { shown } from '../base/values.js';
import type { Session } from '../session/session.js';
import type { DivergenceWatch } from './divergence-watch.js';
import type { TrainingEvent } from './events.js';
import { entry, readLabel, readName, refusing, withPart } from './read-report.js';
import { EMPTY_REPORT, type ReportPart, type TaskReport } from './report.js';
import type { Labels, Phase, PhaseCall, TaskContext } from './strategy.js';

/** Between two events on how far a phase is. */
const PAUSE_MILLISECONDS = 50;

/** What seconds, curves and divergences are called already. */
const TAKEN: readonly string[] = [
  ...['setup', 'training', 'search', 'evaluation', 'total', 'other', 'parameters'],
  ...['accuracy', 'loss', 'speed', 'seconds', 'strategy'],
];

/** A task of which some epochs are done. */
export interface BegunTask {
  readonly epochs: number;
  /** What the strategy has told so far. */
  readonly report: TaskReport;
}

/** What of a task's training a strategy meets. */
export interface ContextTraining {
  readonly session: Session;
  /** For messages. */
  readonly strategyName: string;
  /** From 0. */
  readonly task: number;
  /** Id of the view of its training examples. */
  readonly view: number;
  /** As {@link TaskContext.knownClasses}. */
  readonly knownClasses: readonly ClassRange[];
  /** As {@link TaskContext.lossClasses}. */
  readonly lossClasses: ClassRange;
  readonly labels: Labels;
  /** As {@link TaskContext.renewModel}. */
  readonly renewModel: () => Promise<void>;
  /** As {@link TaskContext.evaluate}. */
  readonly evaluate: () => Promise<number[]>;
  /** Where to go on, when a part of the task was learnt before. */
  readonly begun?: BegunTask | undefined;
  readonly signal: AbortSignal;
  readonly emit: (event: TrainingEvent) => void;
}

/** A strategy's view of the training while it learns one task. All parts are its own and bound: a hook may take it apart. */
export class TrainingContext implements TaskContext {
  readonly session: Session;
  readonly task: number;
  readonly view: number;
  readonly knownClasses: readonly ClassRange[];
  readonly lossClasses: ClassRange;
  readonly labels: Labels;
  readonly #training: ContextTraining;
  readonly #watch: DivergenceWatch;
  #report: TaskReport;

  constructor(training: ContextTraining, watch: DivergenceWatch) {
    this.session = training.session;
    this.task = training.task;
    this.view = training.view;
    this.knownClasses = training.knownClasses;
    this.lossClasses = training.lossClasses;
    this.labels = training.labels;
    this.#training = training;
    this.#watch = watch;
    this.#report = training.begun?.report ?? EMPTY_REPORT;
  }

  readonly renewModel = (): Promise<void> => this.#training.renewModel();

  get taskReport(): TaskReport {
    return this.#report;
  }

  readonly phase = async <Outcome>(
    given: Phase<Outcome>,
    work: (call: PhaseCall) => Promise<Outcome>,
  ): Promise<Outcome> => {
    const phase = refusing(this.#training.strategyName, () => readPhase(given));
    const { name, label, activity = label } = phase;
    this.#add(phase, 0, phase.accuracyBefore ? await this.evaluate() : undefined);
    const call = this.#callOf(phase);
    const start = performance.now();
    let outcome: Outcome;
    try {
      outcome = await work(call);
    } finally {
      this.#add(phase, (performance.now() - start) / 1000);
    }
    const isSound = [...(given.finite?.(outcome) ?? [])].every(Number.isFinite);
    if (!isSound) this.#watch.note({ phase: name, label: activity, epoch: null, step: null });
    return outcome;
  };

  readonly evaluate = (): Promise<number[]> => this.#training.evaluate();

  readonly report = (part: ReportPart): void => {
    this.#report = withPart(this.#report, part, this.#training.strategyName);
  };

  /** The seconds of a phase's turns add up, as each epoch may have one. */
  #add({ name, label }: PhaseWords, seconds: number, accuracyBefore?: readonly number[]): void {
    const { phases, ...rest } = this.#report;
    const earlier = Object.hasOwn(phases, name) ? phases[name] : undefined;
    const before = accuracyBefore ?? earlier?.accuracyBefore;
    const phase = {
      label,
      seconds: (earlier?.seconds ?? 0) + seconds,
      ...(before ? { accuracyBefore: [...before] } : {}),
    };
    this.#report = { ...rest, phases: { ...phases, [name]: phase } };
  }

  /** Tells that the phase begins, and hands on what it tells of itself. */
  #callOf({ name, label, activity = label, objective = 'value' }: PhaseWords): PhaseCall {
    const { signal, emit, task, strategyName } = this.#training;
    const words = { type: 'search', task, phase: name, label: activity, objective } as const;
    emit({ ...words, step: 0, steps: 1, value: null });
    let last = Number.NEGATIVE_INFINITY;
    const onProgress = (step: number, steps: number, value: number | null = null): void => {
      refusing(strategyName, () => requireProgress(name, step, steps, value));
      const now = performance.now();
      if (step < steps && now - last < PAUSE_MILLISECONDS) return;
      last = now;
      emit({ ...words, step, steps, value });
    };
    return { signal, onProgress };
  }
}

type PhaseWords = Pick<Phase, 'name' | 'label' | 'activity' | 'objective' | 'accuracyBefore'>;

function readPhase({ finite: _, ...phase }: Phase<never>): PhaseWords {
  const read = entry<Required<PhaseWords>>('The phase', phase, {
    name: readName,
    label: readLabel,
    activity: optional(readLabel) as typeof readLabel,
    objective: optional(readLabel) as typeof readLabel,
    accuracyBefore: optional(flag) as typeof flag,
  });
  if (!TAKEN.includes(read.name)) return read;
  throw refused(
    `The phase has the name '${read.name}', which means something else there. Take another name.`,
  );
}

function requireProgress(name: string, step: unknown, steps: unknown, value: unknown): void {
  const isCount = Number.isInteger(step) && Number.isInteger(steps) && 0 <= (step as number);
  const isRight = isCount && (step as number) <= (steps as number) && (steps as number) > 0;
  if (isRight && (value === null || typeof value === 'number')) return;
  throw refused(
    `The progress of the phase '${name}' must be a step, how many there are, and a number if there is one to show; ` +
      `found ${shown([step, steps, value])}.`,
  );
}
