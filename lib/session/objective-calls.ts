import type {
  BatchLoss,
  Features,
  GatesOptions,
  MemoryDraw,
  MemoryInfo,
  MemoryOptions,
  Session as NativeSession,
  PathOptions,
  RowsOptions,
  TargetLoss,
} from '../../binding.js';
import type { CallOptions, NativeCalls } from './native-calls.js';
import { type PenaltyInput, penaltyOf } from './penalty.js';

/** Of the options, those that have a default may be left out. */
export type WithDefaults<Options, Key extends keyof Options> = Omit<Options, Key> &
  Partial<Pick<Options, Key>>;

/** A loss against stored outputs; without more over all their classes, of `squared` their mean, of `soft` with T 1 and no T². */
export type TargetLossInput = Pick<TargetLoss, 'kind' | 'weight'> & Partial<TargetLoss>;

/** What examples are learnt by; without more their cross-entropy. */
export interface BatchLossInput {
  /** Weight of the mean cross-entropy; default 1. */
  readonly crossEntropy?: number;
  /** What the cross-entropy goes over: all classes of the rows' views, or those among the rows' labels; default all. */
  readonly classes?: BatchLoss['classes'];
  /** Outputs that are each learnt by a sigmoid of its own, as binding.d.ts says; default none. */
  readonly binary?: BatchLoss['binary'];
  /** Default none. */
  readonly targets?: readonly TargetLossInput[];
}

/** Examples of the memory that each step draws beside its batch; their loss is added to the step's unless named. */
export interface MemoryDrawInput extends BatchLossInput, Pick<MemoryDraw, 'examples'> {
  readonly use?: MemoryDraw['use'];
  /** Of references; default 0. */
  readonly margin?: number;
  /** So many are drawn, and of these the examples count that the batch interferes with most; default 0, which is as many as count. */
  readonly candidates?: number;
}

function targetOf(input: TargetLossInput): TargetLoss {
  return { classes: null, reduction: 'mean', temperature: 1, scaled: false, known: null, ...input };
}

function lossOf({
  crossEntropy = 1,
  classes = 'all',
  binary = null,
  targets = [],
}: BatchLossInput): BatchLoss {
  return { crossEntropy, classes, binary, targets: targets.map(targetOf) };
}

/** A path; its gradient is the task's unless named, and it has no score unless one is asked for. */
export type PathInput = WithDefaults<PathOptions, 'gradient' | 'score'>;

/**
 * A session's calls that say what its epochs minimise and what their steps may change, and those on the memory. All of it is part of the session's
 * state: it is in snapshots, and ends with `createModel`.
 */
export abstract class ObjectiveCalls {
  readonly #native: NativeSession;
  readonly #calls: NativeCalls;

  protected constructor(native: NativeSession, calls: NativeCalls) {
    this.#native = native;
    this.#calls = calls;
  }

  /**
   * From now on a training loss has these penalties more; none end them. Each is on leaving its `anchor` (the vector of
   * that name), weighted by its `importance`, if it has one, and but for what lies along its `direction`, of length
   * `radius` (1), if it has one.
   */
  setPenalties(penalties: readonly PenaltyInput[]): Promise<void> {
    return this.#calls.run(() => this.#native.setPenalties({ penalties: penalties.map(penaltyOf) }));
  }

  /**
   * From now on each step adds -gradient · change of the parameters to the vector `vector`, element by element, which is
   * made of zeros where it is not there: each parameter's share of what the loss has fallen. The gradient is that of the
   * loss alone, or of all that is minimised (`total`). Null ends it.
   */
  setPath(path: PathInput | null): Promise<void> {
    return this.#calls.run(() =>
      this.#native.setPath({ path: path && { gradient: 'task', score: null, ...path } }),
    );
  }

  /**
   * From now on the parameters at which this vector is 0 stay as they are, bit for bit; elsewhere it is 1. With `hides` (false)
   * they count as 0, too, to whatever is learnt or stored. Null ends it.
   */
  setMask(mask: string | null, { hides = false }: { readonly hides?: boolean } = {}): Promise<void> {
    return this.#calls.run(() => this.#native.setMask({ mask, hides }));
  }

  /**
   * From now on the hidden units have these gates while epochs learn, as binding.d.ts says; null ends them. For the autograd
   * engine, networks of layers that follow each other, and objectives that have nothing else.
   */
  setGates(gates: GatesOptions | null): Promise<void> {
    return this.#calls.run(() => this.#native.setGates({ gates }));
  }

  /**
   * From now on the parameters of these names stay as they are, and BatchNorm whose scale is one of them keeps to its running
   * statistics; none ends it. A mask holds beside it.
   */
  setFrozen(frozen: readonly string[]): Promise<void> {
    return this.#calls.run(() => this.#native.setFrozen({ frozen }));
  }

  /**
   * How many examples at most pass the network together from now on, in training and in evaluation: the gradients of a batch's
   * parts, which are about equal, add up to the batch's. 0, as at first: all of a batch. For the autograd engine.
   */
  setMicroBatchSize(examples: number): Promise<void> {
    return this.#calls.run(() => this.#native.setMicroBatchSize({ examples }));
  }

  /**
   * What the batches are learnt by from now on: their cross-entropy, and losses of the task's own examples against outputs
   * that `takeTargets` has stored for their view.
   */
  setBatchLoss(loss: BatchLossInput): Promise<void> {
    return this.#calls.run(() => this.#native.setBatchLoss(lossOf(loss)));
  }

  /**
   * Examples that each step draws from the memory beside its batch from now on, each draw by itself: they are learnt, too,
   * or their gradient is a reference that the step's must not go against, or one for each task's. None end them.
   */
  setDraws(draws: readonly MemoryDrawInput[]): Promise<void> {
    const all = draws.map((draw) => ({
      ...lossOf(draw),
      examples: draw.examples,
      candidates: draw.candidates ?? 0,
      use: draw.use ?? ('loss' as const),
      margin: draw.margin ?? 0,
    }));
    return this.#calls.run(() => this.#native.setDraws({ draws: all }));
  }

  /** Adds rows of a view to the rehearsal memory; with `targets` (false) the network's outputs for them now, too. */
  addMemory(options: WithDefaults<MemoryOptions, 'targets'>, call?: CallOptions): Promise<void> {
    return this.#calls.run(() => this.#native.addMemory({ targets: false, ...options }), call);
  }

  /** Of the memory's examples, numbered from 0 in the order in which they were added, keeps only these. */
  keepMemory(examples: Int32Array): Promise<void> {
    return this.#calls.run(() => this.#native.keepMemory({ examples }));
  }

  /** What the network's last layer takes of these rows of a view, at the parameters now, as in an evaluation. */
  features(options: RowsOptions, call?: CallOptions): Promise<Features> {
    return this.#calls.run(() => this.#native.features(options), call);
  }

  /** The class of each of the memory's examples, in the order in which they are numbered. */
  memoryLabels(): Promise<Int32Array> {
    return this.#calls.run(() => this.#native.memoryLabels());
  }

  /** How many examples the memory has, and how many bytes all stored outputs take, those of views included. */
  memoryInfo(): Promise<MemoryInfo> {
    return this.#calls.run(() => this.#native.memoryInfo());
  }

  /** Stores the network's outputs, as it is now, for all rows of a view: a teacher for `setBatchLoss`. */
  takeTargets(options: { readonly view: number }, call?: CallOptions): Promise<void> {
    return this.#calls.run(() => this.#native.takeTargets(options), call);
  }

  /** Frees what `takeTargets` has stored. */
  dropTargets(view: number): Promise<void> {
    return this.#calls.run(() => this.#native.dropTargets({ view }));
  }

  /** The features of examples of the memory, by their numbers, in that order. */
  memoryFeatures(examples: Int32Array, call?: CallOptions): Promise<Features> {
    return this.#calls.run(() => this.#native.memoryFeatures({ examples }), call);
  }

  /** Stores the network's outputs, as it is now, for all examples of the memory. */
  takeMemoryTargets(call?: CallOptions): Promise<void> {
    return this.#calls.run(() => this.#native.takeMemoryTargets(), call);
  }

  /** Frees all outputs that are stored for examples of the memory. */
  dropMemoryTargets(): Promise<void> {
    return this.#calls.run(() => this.#native.dropMemoryTargets());
  }

  /** ||delta||. */
  deviation(): Promise<number> {
    return this.#calls.run(() => this.#native.deviation());
  }
}
