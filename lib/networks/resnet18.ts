import { z } from 'zod';
import { integer, oneOf } from '../options/kinds.js';
import { inGroup, type Kind, withDefault } from '../options/option.js';
import type { NetworkDefinition } from './define.js';
import { imageShape } from './images.js';

const STAGES = [0, 1, 2, 3];

const stems: Kind<32 | 224> = {
  schema: z.literal([32, 224]),
  expected: 'one of 32, 224',
  form: 'number',
  placeholder: 'N',
};

export interface ResNet18Options {
  /** Channels of the first stage; each of the three others has twice as many as the one before. Default 64. */
  readonly width: number;
  /** The images that its first layers are made for: 32, a 3 × 3 convolution; 224, a 7 × 7 convolution of stride 2 and max-pooling. Default 32. */
  readonly stem: 32 | 224;
  /** How channels are normalised: by batch, with running statistics, or by gcd(32, channels) groups. Default batch. */
  readonly norm: 'batch' | 'group';
}

/** ResNet18 (He et al., 2016), with torchvision's names and PyTorch's default initialisation. */
export const resnet18: NetworkDefinition<ResNet18Options, 'resnet18'> = {
  name: 'resnet18',
  title: 'ResNet18, for images of 32 × 32 or 224 × 224 pixels',
  options: inGroup('Network and training', {
    width: withDefault(
      integer(1, 1024),
      64,
      'channels of the first stage; each of the three others has twice as many as the one before',
      { aliases: ['nf'] },
    ),
    stem: withDefault(
      stems,
      32,
      'the images that its first layers are made for: 32, a 3 × 3 convolution; 224, a 7 × 7 convolution of stride 2 and max-pooling',
    ),
    norm: withDefault(
      oneOf(['batch', 'group']),
      'batch',
      'how channels are normalised: by batch, with running statistics, or by gcd(32, channels) groups',
      { aliases: ['normalization', 'norm-layer'] },
    ),
  }),
  spec: ({ width, stem, norm }, input, classes) => ({
    kind: 'resnet18',
    input: imageShape(input, 'resnet18'),
    classes,
    width,
    stem,
    norm,
  }),
  weights({ width, stem }, input, classes) {
    const [channels] = imageShape(input, 'resnet18');
    const first = (stem === 224 ? 49 : 9) * channels * width;
    return STAGES.reduce((sum, stage) => sum + stageWeights(width, stage), first) + 8 * width * classes;
  },
};

function stageWeights(width: number, stage: number): number {
  const outputs = width * 2 ** stage;
  const inputs = stage === 0 ? outputs : outputs / 2;
  const shortcut = stage === 0 ? 0 : inputs * outputs;
  return 9 * (inputs * outputs + 3 * outputs * outputs) + shortcut;
}
