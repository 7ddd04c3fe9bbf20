import {
  type DeviceChoice,
  device,
  file,
  integer,
  layers,
  oneOf,
  seed,
  threadCount,
} from '../options/kinds.js';
import { inGroup, type OptionSchemas, optional, withDefault } from '../options/option.js';
import { type OptimizerOptions, optimizerOptions } from './optimizer-options.js';

/** How a network is made and trained, whatever the strategy and wherever the data come from. */
export interface TrainingOptions extends OptimizerOptions {
  /** File of weights that the network begins with, safetensors with PyTorch's names; an output layer of another size is left out. */
  readonly weights?: string | undefined;
  /** Layers that do not learn, by names; docs/networks.md has the patterns. */
  readonly freeze?: string | undefined;
  /** Images in a training or evaluation step. Default 256. */
  readonly batchSize: number;
  /** Images that pass the network together at most: the gradients of a batch's parts add up to its own, for less memory; not given: all of a batch. */
  readonly microBatchSize?: number | undefined;
  /** How training shows images each time: as random crops of the image with a margin, flipped at random, or both. Default none. */
  readonly augment: 'none' | 'crop' | 'flip' | 'crop,flip';
  /** Black pixels around an image that random crops are cut from. Default 4. */
  readonly cropMargin: number;
  /** Whether a last training step of fewer images than a batch is taken or left out, as PyTorch's drop_last. Default keep. */
  readonly lastBatch: 'keep' | 'drop';
  /** Seed of the first weights and the order of the images, as torch.manual_seed. Default 2024. */
  readonly seed: number;
  /** Where to train; auto is the first GPU that can be used, else the CPU. Default auto. */
  readonly device: DeviceChoice;
  /** Fused is fast, autograd is bit-exact with PyTorch; auto is fused, unless the preset asks for autograd. Default auto. */
  readonly engine: 'auto' | 'autograd' | 'fused';
  /** Number format of the matrix products and convolutions on a GPU. Default fp32. */
  readonly precision: 'fp32' | 'tf32' | 'bf16';
  /** CPU threads; auto is one a physical core, in a job of Slurm its CPUs at most; the count changes the last bits. Default auto. */
  readonly threads: 'auto' | number;
  /** What becomes of a training whose loss is NaN or infinite: it ends, or goes on all the same. Default stop. */
  readonly onNan: 'stop' | 'continue';
}

const devices =
  'the device is --device cuda (cuda:1 for the second GPU) or --device cpu; auto takes a GPU where there is one';
const number = '--precision tf32 or bf16 is the number format of the matrix products on a GPU';
const loaders =
  'there are no data loaders: the images are in memory; --threads N is the number of CPU threads';

/** The compiler holds this list and {@link TrainingOptions} equal. Defaults are the article's. */
export const trainingOptions: OptionSchemas<TrainingOptions> = {
  ...inGroup('Network and training', {
    weights: optional(
      file,
      "file of weights that the network begins with, safetensors with PyTorch's names; an output layer of another size is left out",
      { aliases: ['pretrained', 'checkpoint-path'] },
    ),
    freeze: optional(layers, 'layers that do not learn, by names; docs/networks.md has the patterns', {
      aliases: ['freeze-layers'],
    }),
    batchSize: withDefault(integer(1, 1_000_000), 256, 'images in a training or evaluation step', {
      aliases: ['batch', 'bs', 'minibatch-size', 'train-mb-size'],
    }),
    microBatchSize: optional(
      integer(1, 1_000_000),
      "images that pass the network together at most: the gradients of a batch's parts add up to its own, for less memory; not given: all of a batch",
      {
        aliases: ['micro-batch'],
        insteadOf: [
          {
            names: ['accumulate', 'accumulate-grad-batches', 'gradient-accumulation-steps', 'grad-accum'],
            text: '--micro-batch-size N takes a --batch-size in parts of N images and adds up their gradients',
          },
        ],
      },
    ),
    augment: withDefault(
      oneOf(['none', 'crop', 'flip', 'crop,flip']),
      'none',
      'how training shows images each time: as random crops of the image with a margin, flipped at random, or both',
      { aliases: ['augmentation', 'data-augmentation'] },
    ),
    cropMargin: withDefault(
      integer(1, 1024),
      4,
      'black pixels around an image that random crops are cut from',
      { aliases: ['crop-padding'] },
    ),
    lastBatch: withDefault(
      oneOf(['keep', 'drop']),
      'keep',
      "whether a last training step of fewer images than a batch is taken or left out, as PyTorch's drop_last",
      { insteadOf: [{ names: ['drop-last'], text: '--last-batch drop leaves a short last batch out' }] },
    ),
    ...optimizerOptions,
    seed: withDefault(
      seed,
      2024,
      'seed of the first weights and the order of the images, as torch.manual_seed',
    ),
    onNan: withDefault(
      oneOf(['stop', 'continue']),
      'stop',
      'what becomes of a training whose loss is NaN or infinite: it ends, or goes on all the same',
    ),
  }),
  ...inGroup('Machine', {
    device: withDefault(
      device,
      'auto',
      'where to train; auto is the first GPU that can be used, else the CPU',
      { insteadOf: [{ names: ['gpu', 'gpus', 'cuda', 'cpu', 'no-cuda', 'gpu-id'], text: devices }] },
    ),
    engine: withDefault(
      oneOf(['auto', 'autograd', 'fused']),
      'auto',
      'fused is fast, autograd is bit-exact with PyTorch; auto is fused, unless the preset asks for autograd',
    ),
    precision: withDefault(
      oneOf(['fp32', 'tf32', 'bf16']),
      'fp32',
      'number format of the matrix products and convolutions on a GPU',
      { insteadOf: [{ names: ['amp', 'fp16', 'bf16', 'tf32'], text: number }] },
    ),
    threads: withDefault(
      threadCount,
      'auto',
      'CPU threads; auto is one a physical core, in a job of Slurm its CPUs at most; the count changes the last bits',
      {
        aliases: ['num-threads', 'n-threads'],
        insteadOf: [{ names: ['workers', 'num-workers'], text: loaders }],
      },
    ),
  }),
};
