import { z } from 'zod';
import type {
  NamedTensor,
  NetworkSpec,
  OptimizerSnapshot,
  SessionSnapshot,
  StreamsSnapshot,
  TargetsSnapshot,
  VectorGrowth,
} from '../../binding.js';
import {
  byteTensor,
  type Dtype,
  type FileTensor,
  float32sIn,
  float32Tensor,
  int32sOf,
  int32Tensor,
} from '../files/safetensors/format.js';

/** A {@link SessionSnapshot} for a file: its arrays as tensors, the rest as an object for JSON. */
export interface FileSnapshot {
  readonly outline: SnapshotOutline;
  readonly tensors: Map<string, FileTensor>;
}

/** A snapshot without its arrays. */
export interface SnapshotOutline
  extends Pick<
    SessionSnapshot,
    | 'network'
    | 'engine'
    | 'precision'
    | 'penalties'
    | 'path'
    | 'mask'
    | 'maskHides'
    | 'gates'
    | 'frozen'
    | 'batchLoss'
    | 'draws'
  > {
  /** Names of the network's tensors, in their order. A vector has one for each of the parameters. */
  readonly parameters: readonly string[];
  readonly buffers: readonly string[];
  /** Whether a copy of the buffers is kept, as the tensors `keptBuffers.…`. */
  readonly keptBuffers: boolean;
  readonly vectors: Readonly<Record<string, VectorGrowth>>;
  readonly optimizer: (Omit<OptimizerSnapshot, 'vectors'> & { readonly vectors: readonly string[] }) | null;
  /**
   * Views, in the order of the tensors `memory.N.rows`, and of `memory.N.logits` where outputs are stored; their classes are
   * here, or null.
   */
  readonly memory: readonly { readonly view: number; readonly classes: number | null }[];
  /** Examples that the memory was offered as a reservoir. */
  readonly offered: number;
  /** Views whose rows have stored outputs, in the order of the tensors `targets.N`. */
  readonly targets: readonly { readonly view: number; readonly classes: number }[];
  /** Those that there are. */
  readonly streams: readonly (keyof StreamsSnapshot)[];
}

const extents = z.array(z.int().min(1));

/** A network's kind and its numbers; which of them a kind has, the session checks. */
export const networkSchema: z.ZodType<NetworkSpec> = z
  .object({ kind: z.string(), input: extents, classes: z.int().min(1) })
  .catchall(
    z.union([z.int().min(1), z.number().gt(0).lt(1), extents, z.string()]),
  ) as unknown as z.ZodType<NetworkSpec>;

/** Which options an optimiser has, the session checks. */
const optimizerOptions = z
  .object({
    clipGradient: z.number().default(0), // these as in files from before there were any
    warmUpEpochs: z.number().default(0),
    warmUpFactor: z.number().default(0.1),
  })
  .catchall(z.union([z.number(), z.string(), z.boolean(), z.array(z.number())])) as unknown as z.ZodType<
  OptimizerSnapshot['options']
>;

const classRange = z.object({ begin: z.int().min(0), end: z.int().min(1) });

const batchLoss = z.object({
  crossEntropy: z.number(),
  classes: z.enum(['all', 'present']).default('all'), // as in files from before there was a choice
  binary: classRange.nullable().default(null),
  targets: z.array(
    z.object({
      kind: z.enum(['squared', 'soft', 'binary']),
      weight: z.number(),
      classes: classRange.nullable(),
      reduction: z.enum(['mean', 'sum']),
      temperature: z.number(),
      scaled: z.boolean(),
      known: classRange.nullable(),
    }),
  ),
});

const pathScore = z.object({
  vector: z.string(),
  curvature: z.string(),
  steps: z.int().min(1),
  decay: z.number().min(0).max(1),
  damping: z.number().gt(0),
});

const outlineSchema: z.ZodType<SnapshotOutline> = z.object({
  network: networkSchema,
  engine: z.enum(['autograd', 'fused']),
  precision: z.enum(['fp32', 'tf32', 'bf16']),
  parameters: z.array(z.string()),
  buffers: z.array(z.string()),
  keptBuffers: z.boolean().default(false),
  vectors: z.record(z.string(), z.enum(['new-rows', 'zeros', 'ones', 'ends'])),
  optimizer: z
    .object({
      options: optimizerOptions,
      steps: z.int().min(0),
      vectors: z.array(z.string()),
    })
    .nullable(),
  penalties: z.array(
    z.object({
      strength: z.number(),
      anchor: z.string(),
      importance: z.string().nullable(),
      direction: z.string().nullable(),
      perTensor: z.boolean(),
      radius: z.number(),
      gradient: z.enum(['closed-form', 'autograd', 'reference']),
    }),
  ),
  path: z
    .object({ vector: z.string(), gradient: z.enum(['task', 'total']), score: pathScore.nullable() })
    .nullable(),
  mask: z.string().nullable(),
  maskHides: z.boolean(),
  gates: z
    .object({
      embedding: z.string(),
      used: z.string(),
      steepness: z.number().gt(0),
      capacity: z.number().min(0),
      rate: z.number().min(0),
    })
    .nullable()
    .default(null),
  frozen: z.array(z.string()).default([]),
  batchLoss,
  draws: z.array(
    batchLoss.extend({
      examples: z.int().min(1),
      candidates: z.int().min(0).default(0),
      use: z.enum(['loss', 'reference', 'task-references']),
      margin: z.number().min(0),
    }),
  ),
  memory: z.array(z.object({ view: z.int().min(0), classes: z.int().min(1).nullable() })),
  offered: z.int().min(0).default(0),
  targets: z.array(z.object({ view: z.int().min(0), classes: z.int().min(1) })),
  streams: z.array(z.enum(['host', 'method', 'device', 'methodDevice'])),
});

/** Parameters and buffers have the names that they have in a model file; other tensors have words before. */
export function toFileSnapshot(snapshot: SessionSnapshot): FileSnapshot {
  const tensors = new Map<string, FileTensor>();
  const add = (prefix: string, list: readonly NamedTensor[]): string[] =>
    list.map(({ name, shape, data }) => {
      tensors.set(`${prefix}${name}`, float32Tensor(shape, data));
      return name;
    });
  const { network, engine, precision, optimizer, penalties, path, mask, maskHides, memory, streams } =
    snapshot;
  const { gates, batchLoss, draws, frozen, offered } = snapshot;
  const parameters = add('', snapshot.parameters);
  const buffers = add('', snapshot.buffers);
  if (snapshot.keptBuffers) add('keptBuffers.', snapshot.keptBuffers);
  for (const [name, vector] of Object.entries(optimizer?.vectors ?? {})) add(`optimizer.${name}.`, vector);
  for (const [name, vector] of Object.entries(snapshot.vectors)) add(`vectors.${name}.`, vector.tensors);
  const addTargets = (name: string, { classes, logits }: TargetsSnapshot): void => {
    tensors.set(name, float32Tensor([logits.length / classes, classes], logits));
  };
  for (const [index, { rows, targets }] of memory.entries()) {
    tensors.set(`memory.${index}.rows`, int32Tensor(rows));
    if (targets) addTargets(`memory.${index}.logits`, targets);
  }
  for (const [index, targets] of snapshot.targets.entries()) addTargets(`targets.${index}`, targets);
  const kept = streamNames.filter((name) => streams[name] !== null);
  for (const name of kept) tensors.set(`streams.${name}`, byteTensor(streams[name] ?? new Uint8Array()));
  const outline = {
    network,
    engine,
    precision,
    parameters,
    buffers,
    keptBuffers: snapshot.keptBuffers !== null,
    vectors: mapped(snapshot.vectors, ({ growth }) => growth),
    optimizer: optimizer && { ...optimizer, vectors: Object.keys(optimizer.vectors) },
    penalties,
    path,
    mask,
    maskHides,
    gates,
    frozen,
    batchLoss,
    draws,
    memory: memory.map(({ view, targets }) => ({ view, classes: targets?.classes ?? null })),
    offered,
    targets: snapshot.targets.map(({ view, classes }) => ({ view, classes })),
    streams: kept,
  };
  return { outline, tensors };
}

const streamNames = ['host', 'method', 'device', 'methodDevice'] as const;

/**
 * The snapshot that a file holds, in the file's memory where it is aligned. Names, shapes and rows the session checks.
 * @throws {Error} that says what is wrong when the outline or a tensor that it names is not right.
 */
export function fromFileSnapshot(
  outline: unknown,
  tensors: ReadonlyMap<string, FileTensor>,
): SessionSnapshot {
  const { parameters, buffers, keptBuffers, vectors, optimizer, memory, targets, streams, ...rest } =
    outlineSchema.parse(outline);
  const reader = new TensorReader(tensors);
  const stream = (name: (typeof streamNames)[number]) =>
    streams.includes(name) ? new Uint8Array(reader.one(`streams.${name}`, 'U8').bytes) : null;
  return {
    ...rest,
    parameters: reader.list('', parameters),
    buffers: reader.list('', buffers),
    keptBuffers: keptBuffers ? reader.list('keptBuffers.', buffers) : null,
    vectors: mapped(vectors, (growth, name) => ({
      growth,
      tensors: reader.list(`vectors.${name}.`, parameters),
    })),
    optimizer: optimizer && {
      ...optimizer,
      vectors: Object.fromEntries(
        optimizer.vectors.map((name) => [name, reader.list(`optimizer.${name}.`, parameters)]),
      ),
    },
    memory: memory.map(({ view, classes }, index) => ({
      view,
      rows: int32sOf(reader.one(`memory.${index}.rows`, 'I32')),
      targets:
        classes === null
          ? null
          : { classes, logits: float32sIn(reader.one(`memory.${index}.logits`, 'F32')) },
    })),
    targets: targets.map(({ view, classes }, index) => ({
      view,
      classes,
      logits: float32sIn(reader.one(`targets.${index}`, 'F32')),
    })),
    streams: {
      host: stream('host') ?? new Uint8Array(),
      method: stream('method') ?? new Uint8Array(),
      device: stream('device'),
      methodDevice: stream('methodDevice'),
    },
  };
}

function mapped<Value, Result>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value, name: string) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}

class TensorReader {
  readonly #tensors: ReadonlyMap<string, FileTensor>;

  constructor(tensors: ReadonlyMap<string, FileTensor>) {
    this.#tensors = tensors;
  }

  one(name: string, dtype: Dtype): FileTensor {
    const tensor = this.#tensors.get(name);
    if (tensor?.dtype !== dtype) {
      throw new Error(
        `its tensor '${name}' ${tensor ? `has type ${tensor.dtype}, not ${dtype}` : 'is missing'}`,
      );
    }
    return tensor;
  }

  list(prefix: string, names: readonly string[]): NamedTensor[] {
    return names.map((name) => {
      const tensor = this.one(`${prefix}${name}`, 'F32');
      return { name, shape: tensor.shape, data: float32sIn(tensor) };
    });
  }
}
