import { z } from 'zod';
import { inGroup, type Kind, withDefault } from '../options/option.js';
import { inputsOf, mlp as mlpOf, widthsOf } from '../session/network.js';
import type { NetworkDefinition } from './define.js';
import { MOST_WEIGHTS } from './limits.js';

const LARGEST_LAYER = 65_536;

export interface MlpOptions {
  /** Neurons in each hidden layer. Default [400, 400, 400]. */
  readonly hidden: readonly number[];
}

const layerWidths: Kind<readonly number[]> = {
  schema: z
    .array(z.int().min(1).max(LARGEST_LAYER))
    .min(1)
    .max(16)
    .refine((widths) => weightsBetween(widths) <= MOST_WEIGHTS, {
      error: ({ input }) =>
        `these layers need ${weightsBetween(input as number[])} weights between them, and a network may have at most ` +
        `${MOST_WEIGHTS}; make neighbouring layers narrower`,
    }),
  expected: `1 to 16 integers, each from 1 to ${LARGEST_LAYER}`,
  form: 'numbers',
  placeholder: 'N,N,…',
};

const advice =
  'the network is a multilayer perceptron; --hidden 400,400,400 has the width of each hidden layer';

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
        { names: ['dropout'], text: `${advice}; it has no dropout` },
        { names: ['activation'], text: `${advice}; its activation is ReLU` },
      ],
    }),
  }),
  spec: ({ hidden }, input, classes) => mlpOf(inputsOf({ input }), hidden, classes),
  weights: (spec) => weightsBetween(widthsOf(spec)),
};

function weightsBetween(widths: readonly number[]): number {
  return widths.slice(1).reduce((sum, width, i) => sum + width * (widths[i] ?? 0), 0);
}
