import {
  type DeviceChoice,
  decay,
  device,
  integer,
  layerWidths,
  oneOf,
  rate,
  seed,
  smallNumber,
  threadCount,
} from './kinds.js';
import { type OptionSchemas, withDefault } from './option.js';

/** How a network is made and trained, whatever the strategy and wherever the data come from. */
export interface TrainingOptions {
  /** Images in a training or evaluation step. Default 256. */
  readonly batchSize: number;
  /** Neurons in each hidden layer. Default [400, 400, 400]. */
  readonly hidden: readonly number[];
  /** AdamW's step size. Default 0.001. */
  readonly learningRate: number;
  /** AdamW's decoupled weight decay. Default 0.0001. */
  readonly weightDecay: number;
  /** Decay of AdamW's running mean of the gradient. Default 0.9. */
  readonly beta1: number;
  /** Decay of AdamW's running mean of the squared gradient. Default 0.999. */
  readonly beta2: number;
  /** Added to AdamW's denominator. Default 1e-8. */
  readonly epsilon: number;
  /** Seed of the first weights and the order of the images, as torch.manual_seed. Default 2024. */
  readonly seed: number;
  /** Where to train; auto is the first GPU that can be used, else the CPU. Default auto. */
  readonly device: DeviceChoice;
  /** Fused is fast, autograd has PyTorch's digits; auto is fused except with --preset reference. Default auto. */
  readonly engine: 'auto' | 'autograd' | 'fused';
  /** Number format of the fused engine's matrix products on a GPU. Default fp32. */
  readonly precision: 'fp32' | 'tf32' | 'bf16';
  /** CPU threads; auto is one a physical core; the count changes the digits. Default auto. */
  readonly threads: 'auto' | number;
  /** What becomes of a training whose loss is NaN or infinite: it ends, or goes on all the same. Default stop. */
  readonly onNan: 'stop' | 'continue';
}

/** The compiler holds this list and {@link TrainingOptions} equal. Defaults are the article's. */
export const trainingOptions: OptionSchemas<TrainingOptions> = {
  batchSize: withDefault(integer(1, 1_000_000), 256, 'images in a training or evaluation step'),
  hidden: withDefault(layerWidths, [400, 400, 400], 'neurons in each hidden layer'),
  learningRate: withDefault(rate, 1e-3, "AdamW's step size"),
  weightDecay: withDefault(rate, 1e-4, "AdamW's decoupled weight decay"),
  beta1: withDefault(decay, 0.9, "decay of AdamW's running mean of the gradient"),
  beta2: withDefault(decay, 0.999, "decay of AdamW's running mean of the squared gradient"),
  epsilon: withDefault(smallNumber, 1e-8, "added to AdamW's denominator"),
  seed: withDefault(
    seed,
    2024,
    'seed of the first weights and the order of the images, as torch.manual_seed',
  ),
  device: withDefault(device, 'auto', 'where to train; auto is the first GPU that can be used, else the CPU'),
  engine: withDefault(
    oneOf(['auto', 'autograd', 'fused']),
    'auto',
    "fused is fast, autograd has PyTorch's digits; auto is fused except with --preset reference",
  ),
  precision: withDefault(
    oneOf(['fp32', 'tf32', 'bf16']),
    'fp32',
    "number format of the fused engine's matrix products on a GPU",
  ),
  threads: withDefault(
    threadCount,
    'auto',
    'CPU threads; auto is one a physical core; the count changes the digits',
  ),
  onNan: withDefault(
    oneOf(['stop', 'continue']),
    'stop',
    'what becomes of a training whose loss is NaN or infinite: it ends, or goes on all the same',
  ),
};
