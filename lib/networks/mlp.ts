import type { MlpSpec } from '../../binding.js';
import { decay, oneOf, onOff } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import { inputsOf, mlp as mlpOf } from '../session/network.js';
import type { NetworkDefinition } from './define.js';
import { layerWidths, weightsBetween } from './layers.js';

export interface MlpOptions {
  /** Neurons in each hidden layer. Default [400, 400, 400]. */
  readonly hidden: readonly number[];
  /** What stands between two linear layers. Default relu. */
  readonly activation: 'relu' | 'tanh' | 'gelu' | 'silu' | 'leaky-relu';
  /** Whether the linear layers have biases. Default on. */
  readonly bias: 'on' | 'off';
  /** Batch puts BatchNorm before each activation. Default none. */
  readonly norm: 'none' | 'batch';
  /** Share of the units that training leaves out after each activation. Default 0. */
  readonly dropout: number;
  /** What the linear layers start from: uniform draws within 1/√inputs of zero, PyTorch’s default; xavier, within √(6 / (inputs + outputs)), with biases of zero. Default pytorch. */
  readonly init: 'pytorch' | 'xavier';
}

const advice =
  '--network NAME is the kind of network; --hidden 400,400,400 has the width of each hidden layer';

/** A multilayer perceptron: linear layers with ReLU between them. Default widths are the article's. */
export const mlp: NetworkDefinition<MlpOptions, 'mlp'> = {
  name: 'mlp',
  title: 'multilayer perceptron: linear layers with ReLU between them',
  options: inGroup('Network and training', {
    hidden: withDefault(layerWidths, [400, 400, 400], 'neurons in each hidden layer', {
      aliases: ['hidden-sizes', 'hidden-layers'],
      insteadOf: [
        {
          names: [
            'model',
            'arch',
            'architecture',
            'net',
            'backbone',
            'layers',
            'n-layers',
            'num-layers',
            'hidden-size',
            'width',
          ],
          text: advice,
        },
      ],
    }),
    activation: withDefault(
      oneOf(['relu', 'tanh', 'gelu', 'silu', 'leaky-relu']),
      'relu',
      'what stands between two linear layers',
    ),
    bias: withDefault(onOff, 'on', 'whether the linear layers have biases'),
    norm: withDefault(oneOf(['none', 'batch']), 'none', 'batch puts BatchNorm before each activation', {
      aliases: ['normalization', 'norm-layer'],
    }),
    dropout: withDefault(decay, 0, 'share of the units that training leaves out after each activation', {
      aliases: ['drop-rate'],
    }),
    init: withDefault(
      oneOf(['pytorch', 'xavier']),
      'pytorch',
      'what the linear layers start from: uniform draws within 1/√inputs of zero, PyTorch’s default; xavier, within √(6 / (inputs + outputs)), with biases of zero',
      { aliases: ['initialisation', 'initialization', 'weight-init'] },
    ),
  }),
  spec(options, input, classes) {
    const init = options.init === 'pytorch' ? {} : { init: options.init };
    return { ...mlpOf(inputsOf({ input }), options.hidden, classes), ...extras(options), ...init };
  },
  extras,
  weights: ({ hidden }, input, classes) => weightsBetween([inputsOf({ input }), ...hidden, classes]),
};

/** What of its layers is not the default; the default network is specified by its widths alone. */
function extras({ activation, bias, norm, dropout }: MlpOptions): Partial<MlpSpec> {
  return {
    ...(activation === 'relu' ? {} : { activation }),
    ...(bias === 'on' ? {} : { bias }),
    ...(norm === 'none' ? {} : { norm }),
    ...(dropout === 0 ? {} : { dropout }),
  };
}
