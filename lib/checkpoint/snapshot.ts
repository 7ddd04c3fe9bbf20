import { z } from 'zod';
import type {
  DirectionSnapshot,
  NamedTensor,
  NetworkSpec,
  OptimizerSnapshot,
  PenaltyOptions,
  SessionSnapshot,
  StreamsSnapshot,
} from '../../binding.js';
import {
  byteTensor,
  type Dtype,
  type FileTensor,
  float32sOf,
  float32Tensor,
  int32sOf,
  int32Tensor,
} from '../files/safetensors/format.js';

/** A {@link SessionSnapshot} for a file: its arrays as tensors, the rest as an object for JSON. */
export interface FileSnapshot {
  readonly outline: SnapshotOutline;
  readonly tensors: Map<string, FileTensor>;
}

type DirectionOutline = Pick<DirectionSnapshot, 'perTensor' | 'radius'>;

/** A snapshot without its arrays. Where a part is null there are no tensors of it. */
export interface SnapshotOutline extends Pick<SessionSnapshot, 'network' | 'engine' | 'precision'> {
  readonly optimizer: Omit<OptimizerSnapshot, 'firstMoment' | 'secondMoment'> | null;
  readonly anchor: true | null;
  readonly direction: DirectionOutline | null;
  readonly penalty:
    | (PenaltyOptions & { readonly direction: DirectionOutline | null; readonly anchor: true | null })
    | null;
  /** Views, in the order of the tensors `memory.N.rows`. */
  readonly memory: readonly number[];
  /** Those that there are. */
  readonly streams: readonly (keyof StreamsSnapshot)[];
}

const direction: z.ZodType<DirectionOutline | null> = z
  .object({ perTensor: z.boolean(), radius: z.number() })
  .nullable();
const isThere: z.ZodType<true | null> = z.literal(true).nullable();

const outlineSchema: z.ZodType<SnapshotOutline> = z.object({
  network: z.object({
    kind: z.literal('mlp'),
    input: z.array(z.int().min(1)),
    classes: z.int().min(1),
    hidden: z.array(z.int().min(1)),
  }),
  engine: z.enum(['autograd', 'fused']),
  precision: z.enum(['fp32', 'tf32', 'bf16']),
  optimizer: z
    .object({
      learningRate: z.number(),
      beta1: z.number(),
      beta2: z.number(),
      epsilon: z.number(),
      weightDecay: z.number(),
      steps: z.int().min(0),
    })
    .nullable(),
  anchor: isThere,
  direction,
  penalty: z
    .object({
      alpha: z.number(),
      gradient: z.enum(['closed-form', 'autograd', 'reference']),
      direction,
      anchor: isThere,
    })
    .nullable(),
  memory: z.array(z.int().min(0)),
  streams: z.array(z.enum(['host', 'method', 'device', 'methodDevice'])),
});

/** Parameters have the names that they have in a model file; other tensors have a word before. */
export function toFileSnapshot(snapshot: SessionSnapshot): FileSnapshot {
  const tensors = new Map<string, FileTensor>();
  const add = (prefix: string, list: readonly NamedTensor[] | null | undefined): true | null => {
    for (const { name, shape, data } of list ?? [])
      tensors.set(`${prefix}${name}`, float32Tensor(shape, data));
    return list ? true : null;
  };
  const { network, engine, precision, optimizer, direction, penalty, memory, streams } = snapshot;
  add('', snapshot.parameters);
  add('optimizer.firstMoment.', optimizer?.firstMoment);
  add('optimizer.secondMoment.', optimizer?.secondMoment);
  const anchor = add('anchor.', snapshot.anchor);
  add('direction.', direction?.values);
  add('penalty.direction.', penalty?.direction?.values);
  const penaltyAnchor = add('penalty.anchor.', penalty?.anchor);
  for (const [index, { rows }] of memory.entries()) tensors.set(`memory.${index}.rows`, int32Tensor(rows));
  const kept = streamNames.filter((name) => streams[name] !== null);
  for (const name of kept) tensors.set(`streams.${name}`, byteTensor(streams[name] ?? new Uint8Array()));
  const outline = {
    network,
    engine,
    precision,
    optimizer: optimizer && withoutTensors(optimizer),
    anchor,
    direction: direction && directionOutline(direction),
    penalty: penalty && {
      alpha: penalty.alpha,
      gradient: penalty.gradient,
      direction: penalty.direction && directionOutline(penalty.direction),
      anchor: penaltyAnchor,
    },
    memory: memory.map(({ view }) => view),
    streams: kept,
  };
  return { outline, tensors };
}

const streamNames = ['host', 'method', 'device', 'methodDevice'] as const;

function withoutTensors({
  firstMoment: _first,
  secondMoment: _second,
  ...options
}: OptimizerSnapshot): NonNullable<SnapshotOutline['optimizer']> {
  return options;
}

function directionOutline({ perTensor, radius }: DirectionSnapshot): DirectionOutline {
  return { perTensor, radius };
}

/**
 * The snapshot that a file holds. What the session itself checks (names, shapes, rows) is left to it.
 * @throws {Error} that says what is wrong when the outline or a tensor that it names is not right.
 */
export function fromFileSnapshot(
  outline: unknown,
  tensors: ReadonlyMap<string, FileTensor>,
): SessionSnapshot {
  const { network, engine, precision, optimizer, anchor, direction, penalty, memory, streams } =
    outlineSchema.parse(outline);
  const reader = new TensorReader(tensors, tensorNames(network));
  const values = <Outline extends object>(prefix: string, part: Outline | null) =>
    part && { ...part, values: reader.list(prefix) };
  const stream = (name: (typeof streamNames)[number]) =>
    streams.includes(name) ? new Uint8Array(reader.one(`streams.${name}`, 'U8').bytes) : null;
  return {
    network,
    engine,
    precision,
    parameters: reader.list(''),
    buffers: [],
    optimizer: optimizer && {
      ...optimizer,
      firstMoment: reader.list('optimizer.firstMoment.'),
      secondMoment: reader.list('optimizer.secondMoment.'),
    },
    anchor: anchor && reader.list('anchor.'),
    direction: values('direction.', direction),
    penalty: penalty && {
      ...penalty,
      direction: values('penalty.direction.', penalty.direction),
      anchor: penalty.anchor && reader.list('penalty.anchor.'),
    },
    memory: memory.map((view, index) => ({
      view,
      rows: int32sOf(reader.one(`memory.${index}.rows`, 'I32')),
    })),
    streams: {
      host: stream('host') ?? new Uint8Array(),
      method: stream('method') ?? new Uint8Array(),
      device: stream('device'),
      methodDevice: stream('methodDevice'),
    },
  };
}

/** Of an MLP: `layers.0.weight`, `layers.0.bias`, … */
export function tensorNames({ hidden }: NetworkSpec): string[] {
  return [...hidden, 0].flatMap((_, layer) => [`layers.${layer}.weight`, `layers.${layer}.bias`]);
}

class TensorReader {
  readonly #tensors: ReadonlyMap<string, FileTensor>;
  readonly #names: readonly string[];

  constructor(tensors: ReadonlyMap<string, FileTensor>, names: readonly string[]) {
    this.#tensors = tensors;
    this.#names = names;
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

  /** A tensor for each parameter tensor. */
  list(prefix: string): NamedTensor[] {
    return this.#names.map((name) => {
      const tensor = this.one(`${prefix}${name}`, 'F32');
      return { name, shape: tensor.shape, data: float32sOf(tensor) };
    });
  }
}
