import type { ExperimentConfig } from '../config/types.js';
import type { Session } from '../session/session.js';
import type { BegunTask } from '../training/context.js';
import type { Position } from './checkpoint.js';
import type { OutputDirectory } from './output.js';
import type { RunRecord } from './record.js';
import type { TaskReport } from './types.js';

interface Run {
  readonly config: ExperimentConfig;
  readonly session: Session;
  readonly record: RunRecord;
  readonly digest: string;
  readonly output: OutputDirectory | undefined;
}

/** Writes a run's checkpoints when `checkpointEvery` asks for them. */
export class Checkpoints {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  async afterEpoch(task: number, { epochs, report }: BegunTask): Promise<void> {
    const isDue = this.#run.config.checkpointEvery === 'epoch';
    if (isDue) await this.#write({ tasksDone: task, epochsDone: epochs }, report);
  }

  async afterTask(task: number): Promise<void> {
    const isDue = this.#run.config.checkpointEvery !== 'off';
    if (isDue) await this.#write({ tasksDone: task + 1, epochsDone: 0 }, null);
  }

  async #write(position: Position, report: TaskReport | null): Promise<void> {
    const { config, session, record, digest, output } = this.#run;
    const result = record.result('running');
    await output?.writeCheckpoint({
      config,
      position,
      report,
      result,
      data: digest,
      session: await session.exportState(),
    });
  }
}
