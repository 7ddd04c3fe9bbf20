import { inGroup, withDefault } from '../options/option.js';
import { inputsOf, mlp as mlpOf } from '../session/network.js';
import type { NetworkDefinition } from './define.js';
import { layerWidths, weightsBetween } from './layers.js';

export interface MlpOptions {
  /** Neurons in each hidden layer. Default [400, 400, 400]. */
  readonly hidden: readonly number[];
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
        { names: ['dropout'], text: `${advice}; none has dropout` },
        { names: ['activation'], text: `${advice}; the activation is ReLU` },
      ],
    }),
  }),
  spec: ({ hidden }, input, classes) => mlpOf(inputsOf({ input }), hidden, classes),
  weights: ({ hidden }, input, classes) => weightsBetween([inputsOf({ input }), ...hidden, classes]),
};
