import type { RunEvent } from '../../runs/types.js';
import { Curve } from './sparkline.js';

/** What a task is at, for a live picture. */
export interface Activity {
  /** Such as `epoch 3/5`, or what a phase of the strategy says that it does. */
  readonly name: string;
  /** From 0 to 1. */
  readonly done: number;
  /** What the value is: `loss`, or what a phase calls it. */
  readonly measure: string;
  /** Its value now; undefined before the first step. */
  readonly value: number | undefined;
  /** Its course since the activity began. */
  readonly curve: readonly number[];
}

/** How far a run is, from its events. */
export class RunProgress {
  readonly tasks: number;
  /** Of the task; unknown before the first one begins where iterations are counted. */
  #epochs: number | undefined;
  #task = 0;
  #activity: Activity;
  #curve = new Curve();
  /** What the curve shows. */
  #shown = '';
  #done = 0;
  #throughput: { readonly samplesPerSecond: number; readonly secondsLeft: number } | undefined;

  constructor({ tasks, epochs }: { readonly tasks: number; readonly epochs?: number | undefined }) {
    this.tasks = tasks;
    this.#epochs = epochs;
    this.#activity = this.#waiting();
  }

  /** The task that is learnt, from 0. */
  get task(): number {
    return this.#task;
  }

  get activity(): Activity {
    return this.#activity;
  }

  /** Of the whole run's training, from 0 to 1. */
  get done(): number {
    return this.#done;
  }

  /** Training images a second and seconds left; unknown before the first epoch begins. */
  get throughput(): { readonly samplesPerSecond: number; readonly secondsLeft: number } | undefined {
    return this.#throughput;
  }

  event(event: RunEvent): void {
    if (event.type === 'task-start') {
      this.#task = event.task;
      this.#epochs = event.epochs;
      this.#activity = this.#waiting();
      this.#shown = '';
    } else if (event.type === 'search') {
      const { phase, label, objective, value, step } = event;
      if (step === 0) this.#shown = ''; // a phase may have several turns in a task
      this.#follow(phase, value);
      this.#activity = {
        name: label,
        measure: objective,
        value: value ?? undefined,
        done: event.step / event.steps,
        curve: this.#curve.points,
      };
    } else if (event.type === 'progress') {
      this.#train(event, event.step / event.steps, event.loss);
    } else if (event.type === 'epoch') {
      // A short epoch ends before its first progress is told.
      this.#train(event, 1, event.stepLosses.at(-1) ?? Number.NaN);
    }
  }

  /** `share` of the epoch is done. */
  #train(
    { task, epoch, samplesPerSecond, secondsLeft }: Extract<RunEvent, { type: 'progress' | 'epoch' }>,
    share: number,
    loss: number,
  ): void {
    const done = (epoch + share) / (this.#epochs ?? Number.POSITIVE_INFINITY);
    this.#follow('training', loss);
    this.#activity = {
      name: this.#nameOf(epoch),
      measure: 'loss',
      value: loss,
      done,
      curve: this.#curve.points,
    };
    this.#done = (task + done) / this.tasks;
    this.#throughput = { samplesPerSecond, secondsLeft };
  }

  #follow(shown: string, value: number | null): void {
    if (this.#shown !== shown) this.#curve = new Curve();
    this.#shown = shown;
    if (value !== null) this.#curve.add(value);
  }

  #waiting(): Activity {
    return { name: this.#nameOf(0), measure: 'loss', value: undefined, done: 0, curve: [] };
  }

  #nameOf(epoch: number): string {
    return this.#epochs === undefined ? `epoch ${epoch + 1}` : `epoch ${epoch + 1}/${this.#epochs}`;
  }
}
