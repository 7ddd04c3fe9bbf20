import { number } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { Vectors } from '../session/vectors.js';
import type { StrategyDefinition } from '../training/definition.js';
import { drawGates } from './architecture/gates.js';
import { measuredByOwnWeights } from './architecture/own-weights.js';

interface XdgOptions {
  /** Share of the units of each hidden linear layer that are off in a task, drawn for each task by the seed. Default 0.8. */
  readonly gated: number;
}

/** Context-dependent gating: each task has a part of the network, drawn at random, and measured as it was trained. */
export const xdg: StrategyDefinition<XdgOptions, 'xdg', 'method'> = {
  name: 'xdg',
  title: 'context-dependent gating: each task has a random part of the hidden units',
  summary:
    'In a task some hidden units, drawn at random for it, are off: their weights count as 0 and do not move. Parts of two tasks ' +
    'overlap little, so that little is overwritten; a penalty such as that of ewc or si holds what they share (xdg+si).',
  source:
    'N. Y. Masse, G. D. Grant, D. J. Freedman, Alleviating catastrophic forgetting using context-dependent gating and synaptic ' +
    'stabilization, PNAS, 2018',
  scenarios: ['task'],
  alone: 'an example or an output of an earlier task would be learnt through the gates of another one',
  joinsWith: ['penalties', 'path'],
  needs: ['mask'],
  options: inGroup('Architecture', {
    gated: withDefault(
      number(0, 0.99),
      0.8,
      'share of the units of each hidden linear layer that are off in a task, drawn for each task by the seed',
    ),
  }),
  problems: withoutUnits,
  create({ gated, seed }) {
    const open = async (vectors: Vectors, task: number, target: string): Promise<void> => {
      await vectors.set(target, drawGates(await vectors.get('parameters'), { gated, seed, task }));
    };
    return {
      beforeTask: ({ session, task }) => open(session.vectors, task, 'xdg-gates'),
      objective: () => ({ mask: 'xdg-gates', maskHides: true }),
      ...measuredByOwnWeights({
        aside: 'xdg-all',
        async put(vectors, task) {
          await open(vectors, task, 'xdg-measured');
          await vectors.multiply('parameters', 'xdg-measured');
          await vectors.drop('xdg-measured');
        },
      }),
    };
  },
};

/** The layers whose units are gated are those of the option `hidden`, which not every network has. */
function withoutUnits(config: object): readonly string[] {
  const { hidden = [] } = config as { readonly hidden?: readonly number[] };
  if (hidden.length > 0) return [];
  return [
    'strategy: xdg switches units of hidden linear layers off, and this network has none; take one that has some, such as an ' +
      'mlp or a cnn with hidden (--hidden)',
  ];
}
