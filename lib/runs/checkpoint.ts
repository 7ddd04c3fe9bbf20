import { z } from 'zod';
import type { SessionSnapshot } from '../../binding.js';
import { messageOf } from '../base/errors.js';
import { fromJson, toJson } from '../checkpoint/json.js';
import { decodeSealed, encodeSealed } from '../checkpoint/sealed.js';
import { fromFileSnapshot, toFileSnapshot } from '../checkpoint/snapshot.js';
import { damaged } from '../checkpoint/trouble.js';
import type { ExperimentConfig } from '../config/types.js';
import type { TensorFile } from '../files/safetensors/format.js';
import { reportSchema } from './report-schema.js';
import type { RunResult, TaskReport } from './types.js';

/** Raised when an older version of this package could no longer read the file. */
const VERSION = 2;
const KIND = 'checkpoint';

/** How far a run is. */
export interface Position {
  /** Tasks learnt and measured. */
  readonly tasksDone: number;
  /** Epochs of the task after them; 0 when it has not begun. */
  readonly epochsDone: number;
}

/** Everything that the rest of a run depends on (docs/checkpoints.md). */
export interface Checkpoint {
  readonly config: ExperimentConfig;
  readonly position: Position;
  /** What the strategy has told of the task that has begun. */
  readonly report: TaskReport | null;
  /** The numbers so far. */
  readonly result: RunResult;
  /** SHA-256 of the pixels and labels. */
  readonly data: string;
  readonly session: SessionSnapshot;
}

/** The bytes of a checkpoint file. */
export function encodeCheckpoint({ session, ...state }: Checkpoint): Uint8Array {
  const { outline, tensors } = toFileSnapshot(session);
  const metadata = { state: toJson({ ...state, session: outline }) };
  const file = { kind: KIND, version: VERSION, metadata, tensors };
  checkpointIn(file); // what cannot be read again must not take the place of a file that can
  return encodeSealed(file);
}

/**
 * A checkpoint of bytes that are not trusted.
 * @param path - Where they come from, for messages.
 * @throws {ClTorchError} FILE_FOREIGN, FILE_DAMAGED, FILE_TOO_NEW or FILE_TOO_OLD.
 */
export function decodeCheckpoint(file: Uint8Array, path: string): Checkpoint {
  const content = decodeSealed(file, { kind: KIND, version: VERSION }, path);
  try {
    return checkpointIn(content);
  } catch (error) {
    throw damaged(path, KIND, `what it tells is not complete (${messageOf(error).slice(0, 300)})`, error);
  }
}

function checkpointIn({ metadata, tensors }: TensorFile): Checkpoint {
  const { session, ...state } = stateSchema.parse(fromJson(metadata.state ?? ''));
  return {
    ...(state as unknown as Omit<Checkpoint, 'session'>),
    session: fromFileSnapshot(session, tensors),
  };
}

const count = z.int().min(0);
const number = z.custom<number>((value) => typeof value === 'number'); // NaN too: a run may diverge
const numbers = z.array(number);
const matrix = z.array(numbers);
const report = reportSchema(number);
const environment = z.looseObject({
  clTorch: z.string(),
  libtorch: z.string(),
  device: z.string(),
  deviceName: z.string(),
  threads: z.int().min(1),
  engine: z.enum(['autograd', 'fused']),
  engineReason: z.string().nullable(),
});

/** What a resumed run reads of its past; the configuration and the session have checks of their own. */
const stateSchema = z
  .looseObject({
    config: z.looseObject({
      strategy: z.string(),
      tasks: count,
      epochs: count.optional(),
      iterations: count.optional(),
    }),
    position: z.strictObject({ tasksDone: count, epochsDone: count }),
    report: report.nullable(),
    result: z.looseObject({
      environment,
      accuracy: matrix,
      accuracyTaskAware: matrix.nullable().optional(),
      taskMeans: numbers,
      unseen: z.looseObject({ initial: numbers, later: matrix }).nullable(),
      losses: matrix,
      epochSeconds: matrix,
      taskReports: z.array(report),
      seconds: z.looseObject({ setup: number, training: number, evaluation: number, total: number }),
      peakMemoryBytes: number,
    }),
    data: z.string(),
    session: z.unknown(),
  })
  .refine(isConsistent, 'its position and its numbers contradict each other');

function isConsistent({
  config,
  position,
  result,
  report,
}: {
  config: { tasks: number; epochs?: number | undefined; iterations?: number | undefined };
  position: Position;
  result: { accuracy: unknown[][]; taskReports: unknown[]; losses: unknown[][] };
  report: object | null;
}): boolean {
  const { tasksDone, epochsDone } = position;
  const begun = epochsDone > 0 ? 1 : 0;
  return (
    tasksDone + begun <= config.tasks &&
    epochsDone <= (config.epochs ?? config.iterations ?? 0) && // an epoch has a step, or more
    result.accuracy.length === tasksDone &&
    result.accuracy.every((row, task) => row.length === task + 1) &&
    result.taskReports.length === tasksDone &&
    result.losses.length === tasksDone + begun &&
    (begun === 0 || result.losses[tasksDone]?.length === epochsDone) &&
    (begun === 1) === (report !== null)
  );
}
