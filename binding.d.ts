/**
 * The native addon's surface: what `cl_torch.node` exports, written by hand and checked against the real
 * exports by scripts/check-binding.mjs. Policy, defaults and friendly errors live in lib/; everything here
 * throws or rejects with an `Error` whose `code` is one of lib/base/errors.ts' codes.
 */

export interface CudaDevice {
  readonly index: number;
  readonly name: string;
  /** Compute capability, such as `9.0`. */
  readonly capability: string;
  readonly totalMemoryBytes: number;
}

export interface RuntimeInfo {
  /** Version of the LibTorch that is loaded, such as `2.14.1`. */
  readonly libtorch: string;
  /** Version of the headers the addon was compiled with. */
  readonly libtorchCompiled: string;
  /** CUDA toolkit of the LibTorch build, such as `13.0`; null for a CPU build. */
  readonly cudaBuild: string | null;
  /** Highest CUDA version the installed driver runs, such as `13.0`; null without a driver or a CUDA build. */
  readonly cudaDriver: string | null;
  /** Why no CUDA device can be used; null when one can, or for a CPU build. */
  readonly cudaProblem: string | null;
  /** Whether the fused engine can train on a GPU: its CUDA kernels were compiled with the addon. */
  readonly cudaKernels: boolean;
  readonly cudaDevices: readonly CudaDevice[];
  /** Instruction set of LibTorch's CPU kernels: `DEFAULT`, `AVX2`, `AVX512`, … */
  readonly cpuCapability: string;
  /** Vectors that the fused engine computes with on the CPU: `plain`, `neon`, `avx2` or `avx512`. */
  readonly vectors: string;
  /** Logical CPUs this process may run on. */
  readonly allowedCpus: number;
  /** Physical cores among them: the default size of a session's thread team. */
  readonly defaultThreads: number;
  /** Whether LibTorch's CPU matrix products come from MKL. */
  readonly mkl: boolean;
}

/** What the addon and its LibTorch can do on this machine. Asks the driver, where there is one; starts no device. */
export function runtimeInfo(): RuntimeInfo;

/**
 * Bytes that are free on a CUDA device. Starts the device, which takes some of them.
 * Throws DEVICE_UNAVAILABLE.
 */
export function freeGpuMemory(options: { readonly index: number }): number;

/** What is to be trained, as far as the choice of an engine depends on it. */
export interface EngineDemand {
  /** The network's kind. */
  readonly network: string;
  /** Its settings that the plainest network of its kind does not have: of an `mlp` all but `hidden` and `init`. */
  readonly settings: readonly string[];
  /** `cpu` or `cuda:N`. */
  readonly device: string;
  /** Whether epochs have {@link EpochOptions.augmentation}. */
  readonly augmentation: boolean;
  readonly objective: readonly ObjectivePart[];
  /** Whether the optimiser has {@link OptimizerOptions.clipGradient}. */
  readonly clipsGradient: boolean;
}

/**
 * What an objective may have beside the batches' cross-entropy and one penalty on leaving a direction: other penalties, among
 * them a second one on leaving a direction, a path, a mask, losses against stored outputs or weights of losses, draws from
 * the memory, cross-entropies of sigmoids, such over the classes that are present in a batch, and gates of hidden units.
 */
export type ObjectivePart =
  | 'penalties'
  | 'directions'
  | 'path'
  | 'mask'
  | 'targets'
  | 'draws'
  | 'binary'
  | 'present'
  | 'gates';

/** Why the fused engine cannot train it, as a part of a sentence; null when it can. */
export function whyNotFused(demand: EngineDemand): string | null;

/** An epoch, by its size, and where its GEMMs are timed. */
export interface GemmOptions {
  /** An `mlp`, as in {@link Session.createModel}. */
  readonly network: NetworkSpec;
  readonly rows: number;
  readonly batchSize: number;
  /** Of the fused engine's own GEMMs; another than fp32 on a GPU only. */
  readonly precision: 'fp32' | 'tf32' | 'bf16';
  /** `cpu` or `cuda:N`. */
  readonly device: string;
  /** Threads that multiply on the CPU. */
  readonly threads: number;
}

export interface GemmTimes {
  /** Seconds in LibTorch's routines, in float32; on a GPU one launch after another, which may take longer than the products, */
  readonly libtorchSeconds: number;
  /** and in the fused engine's own, in the precision; null where it has none, on a GPU without its kernels. */
  readonly ownSeconds: number | null;
  /** Floating-point operations: two for each multiplication and addition. */
  readonly operations: number;
}

/**
 * How long the matrix products alone of an epoch take: the faster of the two figures is the floor under every engine.
 * Blocks the calling thread until it is done, so it is for a process that does nothing but measure. Throws
 * DEVICE_UNAVAILABLE, INVALID_ARGUMENT, THREADS_UNAVAILABLE, OUT_OF_MEMORY.
 */
export function timeGemm(options: GemmOptions): GemmTimes;

export interface SessionOptions {
  /** `cpu` or `cuda:N`. */
  readonly device: string;
  /** CPU threads of the session's team, 1 or more. */
  readonly threads: number;
  /** Trains the session's epochs together with those of others; on a GPU and by the fused engine only. */
  readonly trainingGroup?: TrainingGroup | undefined;
}

export interface TrainingGroupOptions {
  /** Sessions that train at the same time: 1 to 1024. */
  readonly places: number;
  /**
   * Whether a session that is disposed leaves its place to one that comes after it, for which the others then wait.
   * Default false: its place goes with it.
   */
  readonly keepPlaces?: boolean | undefined;
}

/**
 * What sessions on a GPU have in common that train epoch by epoch together. `trainEpoch` waits until as many of them as
 * there are places have called it; those with the same network, batches and penalty strength then learn as one batch of
 * matrix products, and the others one after the other. Each learns what it would learn alone, within the fused engine's
 * rounding.
 */
export class TrainingGroup {
  constructor(options: TrainingGroupOptions);
  /**
   * One place fewer, which the others wait for no longer: of a session that trains no more but is not disposed yet, or
   * that will not come. A session that is disposed gives up its place by itself (see {@link TrainingGroupOptions.keepPlaces}).
   */
  leave(): void;
  /** Lets go of the memory, once the sessions are disposed. Idempotent. */
  dispose(): void;
}

/**
 * A network as plain data: all that is needed to make one of its kind. Its layers start as PyTorch's do, unless `init` says
 * otherwise: `nn.Linear`, `nn.Conv2d`, `nn.BatchNorm2d`, `nn.GroupNorm`.
 */
export type NetworkSpec = MlpSpec | CnnSpec | ResNet18Spec;

/** What every network has. */
export interface NetworkShape {
  /** What a row of inputs is: `[features]` or `[channels, height, width]`. Rows come flat; the network views them. */
  readonly input: readonly number[];
  /** Outputs of the network, 1 or more. */
  readonly classes: number;
}

/** A multilayer perceptron with ReLU between its layers. */
export interface MlpSpec extends NetworkShape {
  readonly kind: 'mlp';
  /** Widths of the layers between input and output, such as `[400, 400, 400]`; none: one layer alone. */
  readonly hidden: readonly number[];
  /** `relu` when left out. */
  readonly activation?: 'relu' | 'tanh' | 'gelu' | 'silu' | 'leaky-relu';
  /** Whether the linear layers have biases; `on` when left out. */
  readonly bias?: 'on' | 'off';
  /** `batch`: BatchNorm before each activation, with running statistics as buffers; `none` when left out. */
  readonly norm?: 'none' | 'batch';
  /** Share of the units that training leaves out after each activation, above 0 and below 1; none when left out. */
  readonly dropout?: number;
  /** What the linear layers start from: `pytorch`, its default, when left out; `xavier`, uniform within ±√(6 / (inputs + outputs)), biases zero. */
  readonly init?: 'pytorch' | 'xavier';
}

/** A plain convolutional network: convolutions, each with ReLU and max-pooling by two, then linear layers. */
export interface CnnSpec extends NetworkShape {
  readonly kind: 'cnn';
  /** Of each convolution, one or more. */
  readonly channels: readonly number[];
  /** Side of the kernels, odd and at most 63; the images are padded so that a convolution keeps their size. */
  readonly kernel: number;
  /** Widths of the layers between the last convolution and the output; none: one layer alone. */
  readonly hidden: readonly number[];
}

/** ResNet18, its tensors named as torchvision's. */
export interface ResNet18Spec extends NetworkShape {
  readonly kind: 'resnet18';
  /** Channels of the first of the four stages; each has twice as many as the one before. */
  readonly width: number;
  /** 32: a 3×3 convolution first; 224: a 7×7 convolution of stride 2 and max-pooling. */
  readonly stem: number;
  /** `batch` keeps running statistics as buffers; `group` has gcd(32, channels) groups. */
  readonly norm: 'batch' | 'group';
}

export interface ModelOptions {
  readonly network: NetworkSpec;
  /** Seed of every random stream of the session; as `torch.manual_seed(seed)`. 0 ≤ seed < 2^53. */
  readonly seed: number;
  /**
   * `autograd`: bit-exact with PyTorch; `fused`: derived by hand, fast, equal within rounding, and on a GPU refused with
   * ENGINE_UNAVAILABLE where {@link whyNotFused} has a reason.
   */
  readonly engine: 'autograd' | 'fused';
  /** Of the matrix products and convolutions on a GPU; elsewhere always float32. */
  readonly precision: 'fp32' | 'tf32' | 'bf16';
}

/** A model whose tensors are known, in the order of the network. */
export interface LoadModelOptions extends ModelOptions {
  readonly parameters: readonly NamedTensor[];
  /** What the network keeps beside its parameters, such as running means; an MLP has none. */
  readonly buffers: readonly NamedTensor[];
}

/** How the learning rate changes from epoch to epoch of a task, as PyTorch's schedulers do; docs/optimizers.md has the formulas. */
export interface ScheduleOptions {
  /** MultiStepLR, CosineAnnealingLR over the task's epochs, CosineAnnealingWarmRestarts. */
  readonly schedule: 'constant' | 'steps' | 'cosine' | 'restarts';
  /** Of `steps`: epochs, from 1 and increasing, before which the rate is multiplied by gamma. */
  readonly milestones: readonly number[];
  readonly gamma: number;
  /** Of `restarts`: epochs of the first period, 1 or more, */
  readonly restartEpochs: number;
  /** and how many times as long each period is as the one before; 1 or more. */
  readonly restartFactor: number;
  /** Of `cosine` and `restarts`: what the rate falls to. */
  readonly minLearningRate: number;
  /** So many epochs of a task, from 0, come before the schedule's epoch 0, */
  readonly warmUpEpochs: number;
  /** at so many times the rate. */
  readonly warmUpFactor: number;
}

/** How a step changes the parameters: PyTorch's optimizers, in its order of operations; docs/optimizers.md has the formulas. */
export interface OptimizerOptions extends ScheduleOptions {
  readonly optimizer: 'adamw' | 'adam' | 'sgd';
  /** Step size before the schedule changes it. */
  readonly learningRate: number;
  /** AdamW: each step scales the parameters by 1 - learningRate weightDecay. Adam, SGD: gradient + weightDecay parameters. */
  readonly weightDecay: number;
  /** Of Adam and AdamW: decay of the running mean of the gradient, */
  readonly beta1: number;
  /** and of its square; */
  readonly beta2: number;
  /** added to the denominator, after the root. */
  readonly epsilon: number;
  /** Of SGD: 0 for none. */
  readonly momentum: number;
  /** Of SGD with a momentum above 0. */
  readonly nesterov: 'on' | 'off';
  /**
   * The largest norm of a step's gradient, penalties' and all, which is made shorter where it is above it; 0: any. As
   * torch.nn.utils.clip_grad_norm_. The fused engine has none: {@link whyNotFused}.
   */
  readonly clipGradient: number;
}

/** Examples. */
export interface DatasetOptions {
  /** Row-major, `labels.length × features`: bytes, which count as byte / 255, or finite numbers as they are. Copied. */
  readonly images: Uint8Array | Float32Array;
  /** One class index a row, from 0. Copied. */
  readonly labels: Uint8Array | Int32Array;
  readonly features: number;
}

/**
 * Examples in memory of their own, which any number of sessions have at once. A session on the CPU uses them where they lie,
 * one on a GPU has its copy there.
 */
export class SharedDataset {
  constructor(options: DatasetOptions);
  /** Lets go of the examples; sessions that have them keep them. Idempotent. Given to `loadDataset` later, it is refused (DISPOSED). */
  dispose(): void;
}

export interface AppendOptions extends DatasetOptions {
  /** A data set's id. It must have the same features, and bytes where these are bytes. */
  readonly dataset: number;
}

export interface Examples {
  /** Row-major, in the view's order of columns: bytes or numbers, as they were loaded. */
  readonly images: Uint8Array | Float32Array;
  readonly labels: Int32Array;
  readonly features: number;
}

export interface PredictOptions extends Omit<DatasetOptions, 'labels'> {
  /** The last layer's outputs, or their softmax. */
  readonly output: 'logits' | 'probabilities';
}

export interface ClassifyOptions extends Omit<DatasetOptions, 'labels'> {
  /** Whether the probabilities are wanted, too. */
  readonly probabilities: boolean;
}

export interface ClassesOutcome {
  /**
   * The most probable class of each row, the first of several equals; -1 where the outputs are not all numbers, so that
   * none is.
   */
  readonly labels: Int32Array;
  /** `rows × classes`, row-major; null unless they were wanted. */
  readonly probabilities: Float32Array | null;
}

export interface ScoreOutcome {
  /** Rows whose most probable class is their label. */
  readonly correct: number;
  /** Cross-entropy in nats, summed over the rows; NaN when the outputs of a row are not all numbers. */
  readonly loss: number;
}

/** Classes, and so outputs of a network, that stand beside each other. */
export interface ClassRange {
  /** The first of them. */
  readonly begin: number;
  /** The one after the last of them. */
  readonly end: number;
}

export interface ViewOptions {
  /** A data set's id. */
  readonly dataset: number;
  /** Column k of the view is column `columns[k]` of the data set; -1 is zero. */
  readonly columns: Int32Array;
  /** Rows of the data set, in the view's order; all when left out, those included that are added later. */
  readonly rows?: Int32Array | undefined;
  /**
   * `labels[c]`: what the view calls the data set's label c, -1 where none of its rows has it; each as it is when left out.
   * A view with it has no rows that are added later.
   */
  readonly labels?: Int32Array | undefined;
  /** `values[256 * channel + byte]`: what a byte is to the network, one table a channel or one for all; byte / 255 when left out. */
  readonly values?: Float32Array | undefined;
  /** The task's own classes, among which an evaluation counts, too; without them they are not told apart from the others'. */
  readonly ownClasses?: ClassRange | undefined;
}

export interface EpochOptions {
  /** View ids; the epoch takes the examples of all of them, shuffled together. Null: those of the memory. */
  readonly views: readonly number[] | null;
  /** Whether the memory's examples are shuffled among those of the views: the epoch is longer by as many. */
  readonly joinsMemory: boolean;
  readonly batchSize: number;
  /** Whether a last step of fewer examples than `batchSize` is taken or left out, as PyTorch's `drop_last`. */
  readonly lastBatch: 'keep' | 'drop';
  /** Steps after which the epoch ends, whatever is left of it; 0: it goes over all examples. */
  readonly mostSteps: number;
  /** Examples of the memory that join every batch; 0 for none. */
  readonly rehearsal: number;
  /**
   * Size of the reservoir that the memory is during the epoch; 0: it stays as it is. Each step's own examples are offered to
   * it after the step's draws: of n that it was offered so far, each is in it with the probability size / n (Vitter, 1985). What
   * joins a batch is then a fresh uniform sample. An epoch that ends early leaves the memory as it was.
   */
  readonly reservoir: number;
  /** Whether the outputs for what the reservoir takes, as the step computed them before its update, are stored beside it. */
  readonly storesOutputs: boolean;
  /** At the first loss that is NaN or infinite, end the epoch (on a GPU within the steps that are on their way) or go on. */
  readonly onNan: 'stop' | 'continue';
  /** Its number within the task, from 0, */
  readonly epoch: number;
  /** and the task's number of epochs: by them the optimiser's schedule sets the learning rate. */
  readonly epochs: number;
  /** How the examples are shown, by draws from a stream that a draw of the method's seeds; null: as they are. */
  readonly augmentation: Augmentation | null;
}

/**
 * How an epoch shows each example whenever it is learnt from, the memory's included: a crop at a place drawn uniformly, of the
 * image with a margin around it; then, half of them, flipped from left to right. What is measured, searched by or stored
 * is shown as it is. On a GPU the fused engine rejects it with ENGINE_UNAVAILABLE.
 */
export interface Augmentation {
  /** `[channels, height, width]` of the inputs. */
  readonly image: readonly number[];
  /** Pixels on each side; 0: no crop. */
  readonly margin: number;
  readonly flips: boolean;
  /** What a pixel of the margin is, of each channel. */
  readonly black: Float32Array;
}

export interface EpochOutcome {
  /** Training loss of every step, in order: mean cross-entropy in nats, and the penalty. The last may be NaN or infinite. */
  readonly losses: Float32Array;
  /**
   * The first step, from 0, whose loss is NaN or infinite, or the last one when it left such parameters; null when the
   * training did not diverge.
   */
  readonly diverged: number | null;
  /** Of its steps. */
  readonly learningRate: number;
  /**
   * Whether its steps were replayed as CUDA graphs; false where they had to run one by one, as a capture had failed or
   * CL_TORCH_CUDA_GRAPHS is `off`; null where the engine has no graphs: on the CPU, and the autograd engine with `off`.
   */
  readonly cudaGraphs: boolean | null;
  /** Wall-clock, like all seconds here. */
  readonly seconds: number;
}

export interface EvaluateOptions {
  /** View ids, evaluated in order. */
  readonly views: readonly number[];
  readonly batchSize: number;
  /**
   * Whether a view draws a number from the training's random stream, as a pass over a PyTorch loader does. Without, an
   * evaluation leaves no trace.
   */
  readonly draws: boolean;
}

export interface EvaluationOutcome {
  /** Rows classified right, one count a view. A row of which an output is NaN or infinite is wrong. */
  readonly correct: Float64Array;
  /** The same where a prediction is one of the task's own classes (`ownClasses`); as `correct` where a view has none. */
  readonly correctInOwn: Float64Array;
  /** Rows, one count a view. */
  readonly total: Float64Array;
  readonly seconds: number;
}

export interface NamedTensor {
  /** As in PyTorch: `layers.0.weight`, `layers.0.bias`, … */
  readonly name: string;
  readonly shape: readonly number[];
  /** A copy, row-major. */
  readonly data: Float32Array;
}

/** Examples, by number. */
export interface RowsOptions {
  /** A view's id. */
  readonly view: number;
  /** Row indices of the view. */
  readonly rows: Int32Array;
}

/** Which examples the gradient is of, and where it goes. */
export interface GradientOptions extends RowsOptions {
  /** Name of the vector. */
  readonly target: string;
}

/** Which examples the importance is of, and where it goes. */
export interface ImportanceOptions extends GradientOptions {
  /**
   * What is averaged over the examples. The Fisher information's diagonal, (∂ log p(label | row) / ∂w)²: `exact` takes every
   * class, by the probability that the network gives it, `empirical` the examples' own, `sampled` one that is drawn by
   * these probabilities, from the methods' random stream. `outputs`: |∂ ‖outputs‖² / ∂w|, of the outputs that the view's
   * losses go over (memory-aware synapses, Aljundi et al., 2018).
   */
  readonly kind: 'exact' | 'empirical' | 'sampled' | 'outputs';
}

/** A vector by its name; `parameters` are the network's own, in every call on vectors. */
export interface VectorOptions {
  readonly vector: string;
}

export interface VectorTarget {
  /**
   * Name of the vector that is changed: a letter, then up to 63 letters, digits, - or _. Calls that only write it make it
   * where there is none.
   */
  readonly target: string;
}

export interface VectorPair extends VectorTarget {
  /** Name of the vector that is read. */
  readonly source: string;
}

export interface VectorParts {
  /** Whether each parameter tensor counts by itself, or all as one vector. */
  readonly perTensor: boolean;
}

/** How {@link Session.findDirection} searches; docs/lfd.md has the formulas. */
export interface DirectionOptions {
  /** A sphere for each parameter tensor, or one for the whole parameter vector. */
  readonly perTensor: boolean;
  /** Radius of the sphere, above 0. */
  readonly radius: number;
  /** R: how far along the direction the loss is looked at, as shares of the radius: above 0, at most 1. */
  readonly ratios: readonly number[];
  /** eta, 0 or more. */
  readonly learningRate: number;
  /** mu, from 0 to 1. */
  readonly momentum: number;
  /** Divide the learning rate by 10 at 1/2 and at 3/4 of the iterations. */
  readonly decays: boolean;
  /** 0: the random start is the direction. */
  readonly iterations: number;
  /** Examples of the memory in an iteration. */
  readonly batchSize: number;
  /** Share of the previous direction that is mixed in at the end, from 0 to 1. */
  readonly smoothing: number;
  /** Whether BatchNorm uses the statistics of each batch, or the running ones. */
  readonly batchStatistics: boolean;
  /** Draw the start from the training's random stream instead of the method's own. */
  readonly trainingStream: boolean;
  /** Name of a vector of 0 and 1: where it is 0, the direction has nothing; null: 1 everywhere. */
  readonly layers: string | null;
  /** Start there instead of at random: a tensor for each parameter tensor, on the sphere. */
  readonly start?: readonly Float32Array[];
}

export interface DirectionOutcome {
  /** g(nu) on the whole memory, before the search; null without a memory. */
  readonly objectiveFirst: number | null;
  readonly objectiveLast: number | null;
  /** g(nu) on each iteration's examples, before its step. */
  readonly path: Float64Array;
  readonly seconds: number;
}

/**
 * A penalty strength · Σ importance · delta² on the offset s = w - anchor, delta = s - (<nu, s> / <nu, nu>) nu: L2, EWC
 * (Kirkpatrick et al., 2017), SI, MAS and LFD's are settings of it. What it measures by are vectors of the session, as they
 * are when it is used: what is written into them later counts.
 */
export interface PenaltyOptions {
  /** 0 or more. */
  readonly strength: number;
  /** Name of the vector that the offset starts from. */
  readonly anchor: string;
  /** Name of the weights, one for each element; null: 1 everywhere. */
  readonly importance: string | null;
  /** Name of nu, along which moving is free; null: nowhere. */
  readonly direction: string | null;
  /** Whether nu is a direction for each parameter tensor by itself, or one for all. */
  readonly perTensor: boolean;
  /**
   * Length of nu (of each tensor's), above 0. Where the penalty has no importance nu is divided by it before use, so that
   * its numbers are those of a unit vector.
   */
  readonly radius: number;
  /**
   * How the autograd engine gets the gradient: from the closed form; by `autograd` from the loss, where there is a
   * direction and no importance in the order of operations of the reference implementation; or bit-exact with that, but
   * faster (`reference`). The fused engine always takes the closed form.
   */
  readonly gradient: 'closed-form' | 'autograd' | 'reference';
}

/** A vector that sums -gradient · change of the parameters, element by element and step by step (Zenke et al., 2017). */
export interface PathOptions {
  /** Name of the vector; it is made, of zeros, where there is none. */
  readonly vector: string;
  /** `task`: of the batches' losses, before a reference changes it and penalties are added; `total`: of all that is minimised, as the optimiser gets it. */
  readonly gradient: 'task' | 'total';
  /** How it is judged interval by interval; null: it is summed up alone. */
  readonly score: PathScoreOptions | null;
}

/**
 * Gates of hidden units, hard attention to the task (Serrà et al., 2018). What a unit gives (of a convolution, a channel) is
 * multiplied by sigmoid(s · e), e being its number in the vector `embedding`, where the unit's bias is. s goes from 1 / `steepness` in an
 * epoch's first step to `steepness` in its last. The loss has `capacity` · Σ gate · (1 - used) / Σ (1 - used) more, over all
 * hidden units. Of what a step of the optimizer does to a weight, 1 - min(used where it ends, used where it begins) stays, and to a
 * bias 1 - used. The embedding then moves by -`rate` times its gradient, which is multiplied by
 * (steepness / s) (cosh(s · e) + 1) / (cosh(e) + 1), with |s · e| at most 50, and stays within ±6; the rate follows the
 * optimizer's schedule.
 */
export interface GatesOptions {
  /** Name of a vector: the numbers of the task's hidden units. Steps change it. */
  readonly embedding: string;
  /** Name of a vector: from 0 to 1, how far earlier tasks hold each unit, outputs among them. */
  readonly used: string;
  /** Above 0. */
  readonly steepness: number;
  /** From 0. */
  readonly capacity: number;
  /** From 0. */
  readonly rate: number;
}

/**
 * A path that is judged interval by interval (RWalk, Chaudhry et al., 2018). After every `steps` steps, and at the end of an epoch,
 * curvature = decay curvature + (1 - decay) (mean of the squares of the interval's gradients), and then
 * score += max(path, 0) / (½ curvature moved² + damping), `moved` being the parameter's change in the interval; the path starts
 * anew from 0. All element by element.
 */
export interface PathScoreOptions {
  /** Name of the score's vector; it is made, of zeros, where there is none, and so is the curvature's. */
  readonly vector: string;
  readonly curvature: string;
  /** 1 or more. */
  readonly steps: number;
  /** From 0 to 1; 1 keeps the curvature as it is. */
  readonly decay: number;
  /** Above 0. */
  readonly damping: number;
}

/** A loss of the network's outputs z against stored ones t, row by row; its value is the mean over the rows. */
export interface TargetLoss {
  /**
   * `squared`: (z - t)². `soft`: cross-entropy of z / T's softmax by that of t / T, whose gradient is that of KL. `binary`:
   * cross-entropy of z's sigmoid by that of t / T, output by output.
   */
  readonly kind: 'squared' | 'soft' | 'binary' | 'present';
  /** What it is multiplied by, 0 or more; with 0 it is left out. */
  readonly weight: number;
  /** Outputs that it goes over; null: all that are stored, of the narrowest of several stores. */
  readonly classes: ClassRange | null;
  /** Of `squared` and `binary`: over the classes. */
  readonly reduction: 'mean' | 'sum';
  /** Of `soft` and `binary`: T, above 0. */
  readonly temperature: number;
  /** Of `soft`: whether the loss is multiplied by T². */
  readonly scaled: boolean;
  /** Of `soft`: classes outside, among `classes`, have probability 0 in the target; null: there are none. */
  readonly known: ClassRange | null;
}

/** What examples are learnt by: the sum of these terms. */
export interface BatchLoss {
  /** Weight of the mean cross-entropy, 0 or more; with 0 it is left out. */
  readonly crossEntropy: number;
  /**
   * What the cross-entropy goes over: `all` that the rows' views say, or those alone that are `present` among the rows' labels
   * (asymmetric cross-entropy, Caccia et al., 2022).
   */
  readonly classes: 'all' | 'present';
  /**
   * Null: the cross-entropy is that of a softmax. Else it goes over these outputs, whatever `classes` says: the sum over them of
   * the cross-entropy of the output's sigmoid against whether it is the label's (Rebuffi et al., 2017).
   */
  readonly binary: ClassRange | null;
  readonly targets: readonly TargetLoss[];
}

/** Examples of the memory that each step draws beside its batch. */
export interface MemoryDraw extends BatchLoss {
  /** How many, 1 or more: a fresh uniform sample without replacement; all, where the memory has no more. */
  readonly examples: number;
  /**
   * 0, or more than the examples: so many are drawn, and of these those count whose cross-entropy a step w - rate g against
   * the gradient g of the batch's would raise most (maximally interfered retrieval, Aljundi et al., 2019); the rate is the
   * epoch's learning rate, the network as in an evaluation.
   */
  readonly candidates: number;
  /**
   * `loss`: their loss is added to the step's. `reference`: where the gradient g of the step's loss goes against that of
   * theirs, r, it loses what it has along it (A-GEM, Chaudhry et al., 2019): where <g, r> < 0, g - (<g, r> / <r, r>) r.
   * `task-references`: the same with a gradient r_k for the drawn examples of each addMemory call (GEM, Lopez-Paz and Ranzato,
   * 2017): where one of <g, r_k> < 0, the nearest to g that goes against none, g + sum v_k r_k with all v_k >= margin.
   */
  readonly use: 'loss' | 'reference' | 'task-references';
  /** Of references, 0 or more: the least v_k; above 0 it leads a gradient that is turned along the references. */
  readonly margin: number;
}

/** Examples for the memory. */
export interface MemoryOptions extends RowsOptions {
  /** Whether the network's outputs for them, as it is now, are stored beside them. */
  readonly targets: boolean;
}

export interface MemoryInfo {
  readonly examples: number;
  /** Bytes of all stored outputs: 4 a number, those of views included. */
  readonly targetBytes: number;
  /** Examples that it was offered as a reservoir, by all epochs so far. */
  readonly offered: number;
}

/** What a network's last layer takes of rows of inputs. */
export interface Features {
  /** `rows × width`, row-major. */
  readonly values: Float32Array;
  readonly width: number;
}

/** Stored outputs of a network. */
export interface TargetsSnapshot {
  readonly classes: number;
  /** `rows × classes`, row-major. */
  readonly logits: Float32Array;
}

/** How {@link Session.findEquilibriumPoint} searches; docs/lfd.md has the formulas. */
export interface EquilibriumOptions {
  /** Name of the vector that is w_t. */
  readonly anchor: string;
  /** lambda at the start. */
  readonly start: number;
  /** eta, 0 or more. */
  readonly learningRate: number;
  /** Bound on the slope's absolute value, above 0. */
  readonly clip: number;
  /** Divide the learning rate by 10 at 1/2 and at 3/4 of the iterations. */
  readonly decays: boolean;
  readonly iterations: number;
  /** Examples of the memory in an iteration. */
  readonly batchSize: number;
  /**
   * Of BatchNorm, on the way and at the point: the `running` ones that are there; `interpolated` between the kept ones and
   * these, by lambda, within 0 and 1; in the search those of each `batch`, and at the point the running ones.
   */
  readonly statistics: 'running' | 'interpolated' | 'batch';
  /** Name of a vector of 0 and 1: where it is 0, the whole line has the parameters of now; null: 1 everywhere. */
  readonly layers: string | null;
  /** Least and greatest lambda. */
  readonly clamp?: readonly [number, number];
}

export interface EquilibriumOutcome {
  /** lambda at the start and after each iteration. */
  readonly path: Float64Array;
  /** Mean loss on the whole memory at lambda = 0, */
  readonly lossOld: number;
  /** at lambda = 1, */
  readonly lossNew: number;
  /** and at the lambda found. */
  readonly loss: number;
  readonly seconds: number;
}

/** A tensor for each parameter tensor, in their order, for each vector by its name. */
export type NamedVectors = Readonly<Record<string, readonly NamedTensor[]>>;

export interface OptimizerSnapshot {
  readonly options: OptimizerOptions;
  /** Steps done so far. */
  readonly steps: number;
  /** Of AdamW and Adam `firstMoment` and `secondMoment`, of SGD with a momentum `momentum`. */
  readonly vectors: NamedVectors;
}

/**
 * What becomes of a vector when the head grows and the parameters get new rows. `new-rows`: it gets these rows, as a point
 * that the parameters are compared with, from which the new rows have not moved yet. `zeros`: a sum, a gradient, an
 * importance, to which the new rows have added nothing. `ends`: what was searched for among the old parameters says
 * nothing of the new ones. `ones`: a mask, which holds nothing of the new rows.
 */
export type VectorGrowth = 'new-rows' | 'zeros' | 'ones' | 'ends';

export interface VectorSnapshot {
  readonly growth: VectorGrowth;
  readonly tensors: readonly NamedTensor[];
}

/** States of the random streams, as LibTorch writes them. */
export interface StreamsSnapshot {
  readonly host: Uint8Array;
  readonly method: Uint8Array;
  /** null on the CPU, whose stream is the host's. */
  readonly device: Uint8Array | null;
  readonly methodDevice: Uint8Array | null;
}

/**
 * What a session needs to go on as if it had never stopped. Data sets and views are not in it: the memory names views
 * by their ids.
 */
export interface SessionSnapshot extends Omit<ModelOptions, 'seed'> {
  readonly parameters: readonly NamedTensor[];
  /** What the network keeps beside its parameters, such as running means; an MLP has none. */
  readonly buffers: readonly NamedTensor[];
  /** The copy of them that `keepBuffers` made; null: none. */
  readonly keptBuffers: readonly NamedTensor[] | null;
  readonly optimizer: OptimizerSnapshot | null;
  /** The session's vectors, by name. */
  readonly vectors: Readonly<Record<string, VectorSnapshot>>;
  readonly penalties: readonly PenaltyOptions[];
  readonly path: PathOptions | null;
  /** Name of the mask. */
  readonly mask: string | null;
  /** Whether parameters where it is 0 count as 0. */
  readonly maskHides: boolean;
  /** Names of the frozen parameters. */
  readonly frozen: readonly string[];
  readonly gates: GatesOptions | null;
  readonly batchLoss: BatchLoss;
  readonly draws: readonly MemoryDraw[];
  readonly memory: readonly (RowsOptions & { readonly targets: TargetsSnapshot | null })[];
  /** Examples that the memory was offered as a reservoir. */
  readonly offered: number;
  /** Outputs that are stored for all rows of a view. */
  readonly targets: readonly (TargetsSnapshot & { readonly view: number })[];
  readonly streams: StreamsSnapshot;
}

/** Called on the JavaScript thread, at most about ten times a second while an epoch or a search runs. */
export type ProgressCallback = (step: number, steps: number, loss: number) => void;

/**
 * A device, random streams, data, a model and one training thread. Calls are queued and run one at a time on
 * that thread; the promises settle on the JavaScript thread that made the session.
 */
export class Session {
  constructor(options: SessionOptions);
  /**
   * Makes the device ready and forms the thread team, as the first call would. Resolves to the team's real size, which is
   * smaller where the system has fewer threads to give.
   */
  open(): Promise<{ readonly threads: number }>;
  /** Copies examples to the device, or has those that are shared; resolves to the data set's id. */
  loadDataset(options: DatasetOptions | { readonly shared: SharedDataset }): Promise<number>;
  /** Adds rows; the data set's views have them then, too. */
  appendDataset(options: AppendOptions): Promise<void>;
  /**
   * Frees a data set and its views. A view of which the memory holds rows stays and shrinks to these rows, in the order
   * in which they were added: row k of it is the k-th, and the memory's lists say so.
   */
  dropDataset(options: { readonly dataset: number }): Promise<void>;
  /** A task: a view of a data set; resolves to its id. */
  addView(options: ViewOptions): Promise<number>;
  /**
   * The classes that losses and predictions on these views go over from now on, on their examples in the memory, too: the
   * other outputs get no gradient and are never predicted. All, unless it was called.
   */
  setClasses(options: { readonly views: readonly number[]; readonly classes: ClassRange }): Promise<void>;
  /** Seeds the streams and makes a freshly initialised model; memory, vectors and the objective start anew with it. */
  createModel(options: ModelOptions): Promise<void>;
  /**
   * The same with these tensors in the place of freshly drawn ones. Rejects with INVALID_ARGUMENT unless they are all that
   * such a network has, by names and shapes.
   */
  loadModel(options: LoadModelOptions): Promise<void>;
  /**
   * Adds output units for new classes, initialised like a fresh layer's. Each vector grows by its {@link VectorGrowth},
   * the optimiser's vectors by zeros. Penalties end that measure by a vector that ends.
   */
  growHead(options: { readonly classes: number }): Promise<void>;
  /**
   * A new optimiser: vectors of zeros, step 0. With `keep`, the vectors and the count of steps of one that is there stay
   * where both have the same vectors: where they are of one kind and, of SGD, both have a momentum or none.
   */
  createOptimizer(options: OptimizerOptions & { readonly optimizerState: 'task' | 'keep' }): Promise<void>;
  /** One pass over the views' examples in a freshly shuffled order. */
  trainEpoch(options: EpochOptions, onProgress?: ProgressCallback): Promise<EpochOutcome>;
  evaluate(options: EvaluateOptions): Promise<EvaluationOutcome>;
  /** Copies of these rows, one or more. */
  readRows(options: RowsOptions): Promise<Examples>;
  /** What the network makes of inputs: `rows × classes`, row-major. Draws nothing from a random stream. */
  predict(options: PredictOptions): Promise<Float32Array>;
  /** What the network takes rows for. Draws nothing from a random stream. */
  classify(options: ClassifyOptions): Promise<ClassesOutcome>;
  /** How well the network does on rows of which no data set is held. Draws nothing from a random stream. */
  score(options: DatasetOptions): Promise<ScoreOutcome>;
  /** Resolves to the mean cross-entropy of these rows of a view at the parameters now; its gradient becomes a vector. */
  gradient(options: GradientOptions): Promise<number>;
  /**
   * How much each parameter matters to these rows of a view: the mean over them of what the kind says, example by example.
   * It becomes the vector `target`.
   */
  importance(options: ImportanceOptions): Promise<void>;
  parameters(): Promise<NamedTensor[]>;
  /** Whether every parameter is a finite number. */
  isFinite(): Promise<boolean>;
  /** Replaces the parameters: a Float32Array each, in the order of {@link parameters}. */
  setParameters(options: { readonly values: readonly Float32Array[] }): Promise<void>;
  /** What the network keeps beside its parameters, such as running means; none of an MLP's. */
  buffers(): Promise<NamedTensor[]>;
  /** Replaces them: a Float32Array each, in the order of {@link buffers}. */
  setBuffers(options: { readonly values: readonly Float32Array[] }): Promise<void>;
  /** Draws the order of an epoch over the view and drops it, as a pass over a PyTorch loader does. */
  skipOrder(options: { readonly view: number }): Promise<void>;
  /** Adds rows of a view to the rehearsal memory. */
  addMemory(options: MemoryOptions): Promise<void>;
  /** Of the memory's examples, numbered from 0 in the order in which they were added, keeps only these. */
  keepMemory(options: { readonly examples: Int32Array }): Promise<void>;
  memoryInfo(): Promise<MemoryInfo>;
  /** What the network's last layer takes of these rows of a view, at the parameters now, as in an evaluation. */
  features(options: RowsOptions): Promise<Features>;
  /** The class of each of the memory's examples, in the order in which they are numbered. */
  memoryLabels(): Promise<Int32Array>;
  /** Stores the network's outputs, as it is now, for all rows of a view, in the place of earlier ones. */
  takeTargets(options: { readonly view: number }): Promise<void>;
  /** Frees what takeTargets has stored. */
  dropTargets(options: { readonly view: number }): Promise<void>;
  /** The same of examples of the memory, by their numbers, and of all of them. */
  memoryFeatures(options: { readonly examples: Int32Array }): Promise<Features>;
  takeMemoryTargets(): Promise<void>;
  dropMemoryTargets(): Promise<void>;
  /** Keeps a copy of the buffers, for an equilibrium point whose running statistics are interpolated; snapshots have it. */
  keepBuffers(): Promise<void>;
  /**
   * The running statistics become the means over batches of the memory's examples and then of each view's, at the parameters
   * now, as `torch.optim.swa_utils.update_bn` makes them; a batch that is too small for statistics of its own is left out.
   * Does nothing where the network has no buffers; else rejects with INVALID_ARGUMENT where there are no examples.
   */
  estimateStatistics(options: {
    readonly views: readonly number[];
    readonly batchSize: number;
  }): Promise<void>;
  /**
   * Finds the less-forgetting direction nu around the parameters now, w, and keeps it as the vector `direction` (Wen et al., 2024): from a random
   * point of the sphere, Riemannian SGD on g(nu) = mean over r in ratios of L_M(w + r nu) / r, L_M being the mean
   * cross-entropy on the memory. The parameters stay. Without a memory the random point is the direction. Progress tells
   * g on the step's batch. Rejects with INVALID_ARGUMENT without a model, or when `start` does not fit it.
   */
  findDirection(options: DirectionOptions, onProgress?: ProgressCallback): Promise<DirectionOutcome>;
  /**
   * From now on a training loss is cross-entropy + these penalties; none: cross-entropy alone. Rejects with
   * INVALID_ARGUMENT when there is no vector of a name; on a GPU the fused engine takes one penalty, with a direction and
   * without an importance, and rejects others with ENGINE_UNAVAILABLE.
   */
  setPenalties(options: { readonly penalties: readonly PenaltyOptions[] }): Promise<void>;
  /**
   * From now on each step does path -= gradient · change, the change being all that the step did to the parameters; null
   * ends it. The path's vector grows by `zeros`. On a GPU the fused engine rejects it with ENGINE_UNAVAILABLE.
   */
  setPath(options: { readonly path: PathOptions | null }): Promise<void>;
  /**
   * From now on parameters do not move where this vector is 0: their gradient counts as 0, and a step leaves them bit for
   * bit as they are, whatever momentum and weight decay would do. With `hides` they count as 0, too, to the losses of
   * epochs but the penalties, to `gradient` and `importance`, and to outputs that are stored: the network has the part
   * alone where the mask is 1. Evaluations and predictions are of the parameters as they are. Elsewhere it must be 1, or the
   * next epoch rejects with INVALID_ARGUMENT. Null ends it. The mask grows by `ones`. On a GPU the fused engine rejects it
   * with ENGINE_UNAVAILABLE.
   */
  setMask(options: { readonly mask: string | null; readonly hides: boolean }): Promise<void>;
  /**
   * From now on what each hidden unit gives is multiplied by its gate while epochs learn; null ends it. The network has linear
   * layers and convolutions that follow each other, each with biases; one of another shape is rejected with INVALID_ARGUMENT, and so is
   * anything else in the objective beside them. The fused engine rejects them with ENGINE_UNAVAILABLE. Both vectors grow by
   * `zeros`. Evaluations and predictions are of the parameters as they are.
   */
  setGates(options: { readonly gates: GatesOptions | null }): Promise<void>;
  /**
   * From now on the parameters of these names (`conv1.weight`) do not move, as if a mask were 0 there, and no gradient of
   * theirs is computed where the engine is autograd; BatchNorm whose scale is one of them uses its running statistics while it is
   * trained, too, and leaves them as they are. None ends it. Rejects with INVALID_ARGUMENT for a name that is none, and
   * where no parameter is left; on a GPU with the fused engine, with ENGINE_UNAVAILABLE.
   */
  setFrozen(options: { readonly frozen: readonly string[] }): Promise<void>;
  /**
   * How many examples at most pass the network together from now on, in training and in evaluation; 0, as at first: all of a
   * batch. A batch of more is taken in about equal parts whose gradients add up to the batch's, within rounding; BatchNorm
   * has statistics of each part. Rejects with INVALID_ARGUMENT where a part could be too small for BatchNorm, and with
   * ENGINE_UNAVAILABLE in the fused engine.
   */
  setMicroBatchSize(options: { readonly examples: number }): Promise<void>;
  /**
   * What the batches of the next epochs are learnt by: cross-entropy of all their examples, and losses against stored outputs
   * of those that are not the memory's. An epoch rejects with INVALID_ARGUMENT where a view's outputs are not stored. On a GPU
   * the fused engine has cross-entropy alone and rejects others with ENGINE_UNAVAILABLE.
   */
  setBatchLoss(options: BatchLoss): Promise<void>;
  /**
   * What each step of the next epochs draws from the memory beside its batch, while there is a memory; one draw at most is a
   * reference. On a GPU the fused engine rejects any with ENGINE_UNAVAILABLE.
   */
  setDraws(options: { readonly draws: readonly MemoryDraw[] }): Promise<void>;
  /** ||delta||, without the importance, of the penalty with a direction, or else of the first. */
  deviation(): Promise<number>;
  /**
   * Moves the parameters w to the equilibrium point w(lambda) = (1 - lambda) w_t + lambda w (Wen et al., 2024), found by
   * lambda <- lambda - eta clip(<grad L_M(w(lambda)), w - w_t>) on batches of the memory. Progress tells the loss on the
   * step's batch. A search that diverges ends with a lambda that is no finite number and leaves the parameters where they
   * are. Rejects with INVALID_ARGUMENT without a memory or its anchor.
   */
  findEquilibriumPoint(
    options: EquilibriumOptions,
    onProgress?: ProgressCallback,
  ): Promise<EquilibriumOutcome>;
  /** Names of the session's vectors: each is laid out like the parameters. */
  vectorNames(): Promise<string[]>;
  /** A copy of a vector, in tensors like {@link parameters}. */
  vector(options: VectorOptions): Promise<NamedTensor[]>;
  /** target = these numbers: a Float32Array for each parameter tensor. */
  setVector(options: VectorTarget & { readonly values: readonly Float32Array[] }): Promise<void>;
  /** target = the same number everywhere. */
  fillVector(options: VectorTarget & { readonly value: number }): Promise<void>;
  /** target = source. A copy of the parameters grows by `new-rows`, another like its source, any other vector by `zeros`. */
  copyVector(options: VectorPair): Promise<void>;
  /** Frees a vector. Rejects with INVALID_ARGUMENT while a penalty measures by it, or it is the path or the mask. */
  dropVector(options: VectorOptions): Promise<void>;
  /** target += factor source; an array has a factor for each parameter tensor. */
  addVector(options: VectorPair & { readonly factor: number | readonly number[] }): Promise<void>;
  /** target *= factor; an array has a factor for each parameter tensor. */
  scaleVector(options: VectorTarget & { readonly factor: number | readonly number[] }): Promise<void>;
  /** target *= source, element by element. */
  multiplyVector(options: VectorPair): Promise<void>;
  /** target /= source, element by element; where source is 0 that gives NaN or infinity. */
  divideVector(options: VectorPair): Promise<void>;
  /** Sum of left right; one number, or one for each parameter tensor. Added up in float64. */
  dotVectors(options: VectorParts & { readonly left: string; readonly right: string }): Promise<Float64Array>;
  /** Euclidean length; one number, or one for each parameter tensor. Added up in float64. */
  normVector(options: VectorParts & VectorOptions): Promise<Float64Array>;
  /**
   * target -= (<point, target> / <point, point>) point: what of it is orthogonal to the point. On a sphere this is the
   * projection onto the tangent space at the point, and the transport of a momentum there.
   */
  projectVector(options: VectorParts & VectorTarget & { readonly point: string }): Promise<void>;
  /** target *= radius / ||target||: onto the sphere of that radius, above 0. A zero vector stays. */
  retractVector(options: VectorParts & VectorTarget & { readonly radius: number }): Promise<void>;
  /**
   * target = what each parameter is multiplied by where the hidden units have the gates sigmoid(steepness · embedding): the gate
   * of the unit that a weight comes from, and elsewhere 1. Rejects with INVALID_ARGUMENT for a network that can have no gates.
   */
  spreadGates(
    options: VectorTarget & { readonly embedding: string; readonly steepness: number },
  ): Promise<void>;
  /** A copy of everything that the session would go on with. */
  exportState(): Promise<SessionSnapshot>;
  /**
   * Takes a snapshot's place: model, optimiser, memory, vectors, penalties and streams are then the snapshot's, and
   * training goes on bit for bit like that session's (same device kind, threads and LibTorch). The views that the
   * memory names must be there; stored outputs of other views that are not there are left out. On a GPU, a snapshot of the CPU starts the device's streams anew. Rejects with
   * INVALID_ARGUMENT, and changes nothing, when names, shapes, rows or states do not fit.
   */
  importState(snapshot: SessionSnapshot): Promise<void>;
  /**
   * Rejects every queued call with the code ABORTED at once, and the running one within a step or two; the fused engine
   * on a GPU within the 24 that may be on their way.
   */
  cancel(): void;
  /**
   * The same for one call, which is named by the promise that it returned. One that still waits rejects at once; what is
   * no outstanding call is left alone.
   */
  cancelCall(call: Promise<unknown>): void;
  /** Cancels, waits for the thread and frees the memory. Further calls reject with the code DISPOSED. Idempotent. */
  dispose(): void;
}
