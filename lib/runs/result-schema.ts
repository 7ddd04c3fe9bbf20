import { z } from 'zod';
import { reportSchema } from './report-schema.js';
import type { RunResult } from './types.js';

/** Of the shape of a result. */
export const RESULT_VERSION = 2;

/** JSON has no NaN: a training that diverged has null in its place. */
const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const numbers = z.array(number);
const rows = z.array(numbers);
const orNull = z.number().nullable();

const environment = z.looseObject({
  clTorch: z.string(),
  node: z.string(),
  libtorch: z.string(),
  cuda: z.string().nullable(),
  device: z.string(),
  deviceName: z.string(),
  threads: z.int(),
  engine: z.enum(['autograd', 'fused']),
  engineReason: z.string().nullable(),
  precision: z.enum(['fp32', 'tf32', 'bf16']),
});

const metrics = z.looseObject({
  averageAccuracy: number,
  learningAccuracy: number,
  forgetting: orNull,
  backwardTransfer: orNull,
  forwardTransfer: orNull,
});

const divergence = z.looseObject({
  task: z.int(),
  phase: z.string(),
  label: z.string().optional(),
  epoch: z.int().nullable(),
  step: z.int().nullable(),
});

const result = z.looseObject({
  schemaVersion: z.literal(RESULT_VERSION),
  status: z.enum(['running', 'completed', 'interrupted', 'failed', 'diverged']),
  diverged: divergence.nullable().optional(), // results of version 0.1.0 do not have it
  strategy: z.string(),
  startedAt: z.string().optional(),
  command: z.string().nullable().optional(),
  // A custom strategy has a name of its own, so that the options cannot be told from the name.
  config: z.looseObject({
    strategy: z.string(),
    tasks: z.int(),
    epochs: z.int().optional(), // there are iterations in their place
    iterations: z.int().optional(),
    seed: z.int(),
    dataset: z.string(),
    benchmark: z.string(),
  }),
  environment,
  cudaGraphs: z.boolean().nullable().optional(), // results of earlier versions do not have it
  accuracy: rows,
  accuracyTaskAware: rows.nullable().optional(), // results of earlier versions do not have it
  taskMeans: numbers,
  average: orNull,
  metrics: metrics.nullable(),
  unseen: z.looseObject({ initial: numbers, later: rows }).nullable(),
  losses: rows,
  epochSeconds: rows,
  taskReports: z.array(reportSchema(number)),
  seconds: z.looseObject({
    setup: number,
    training: number,
    search: number,
    phases: z.record(z.string(), number),
    evaluation: number,
    total: number,
  }),
  parametersDigest: z.string().nullable().optional(), // results of earlier versions do not have it
  peakMemoryBytes: number,
});

/** The compiler holds {@link RunResult} and the schema equal, but for the configuration's options. */
type Checked = Omit<RunResult, 'config'>;
const checked: z.ZodType<Checked> = result;

/** A run's result as `result.json` holds it. Fields that it does not know are let pass: a later version may add some. */
export const resultSchema: z.ZodType<RunResult> = checked as unknown as z.ZodType<RunResult>;

/** The same as JSON Schema: docs/result.schema.json. */
export function resultJsonSchema(): object {
  return {
    ...z.toJSONSchema(result, { io: 'input' }),
    title: `cl-torch result.json, version ${RESULT_VERSION}`,
  };
}
