import { integer, number, oneOf } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { Session } from '../session/session.js';
import type { Preset, StrategyDefinition } from '../training/definition.js';
import { measureImportance } from './regularisation/importance.js';
import { chooseLayers, type LayersOptions, layersOption } from './regularisation/layers.js';
import { lessStrength, type StrengthOptions, strength } from './regularisation/options.js';

interface WithPreset {
  readonly preset:
    | 'none'
    | 'reference'
    | 'permuted-mnist'
    | 'split-mnist-task'
    | 'split-mnist-domain'
    | 'split-mnist-class';
}

export interface EwcOptions extends WithPreset, StrengthOptions, LayersOptions {
  /** Of the Fisher information: exact, every label by its probability; empirical, the examples' own; sampled, one drawn by these probabilities; batches, of the mean gradient of each batch, squared. Default exact. */
  readonly fisher: 'exact' | 'empirical' | 'sampled' | 'batches';
  /** Examples of a task that its Fisher information is of, evenly spread; 0 takes all. Default 1000. */
  readonly fisherSamples: number;
  /** What is kept of several tasks: the exact sum of their penalties; online, one penalty around the last weights; separate, a penalty a task. Default sum. */
  readonly form: 'sum' | 'online' | 'separate';
  /** Share of the earlier importance that a task leaves, of the form online. Default 1. */
  readonly ewcGamma: number;
}

/** Of a published lambda; the Fisher information is of all examples, every label by its probability. */
function published(lambda: number, fisherSamples = 0): Preset<EwcOptions> {
  return { options: { strength: lambda, fisherSamples } };
}

/** Elastic weight consolidation. */
export const ewc: StrategyDefinition<EwcOptions, 'ewc', 'method'> = {
  name: 'ewc',
  title: 'elastic weight consolidation: weights that the earlier tasks need are held',
  summary:
    'Adds strength / 2 · Σ F (w − w*)² to the loss, for each earlier task with the diagonal F of its Fisher information at the ' +
    'weights w* after it.',
  source:
    'J. Kirkpatrick et al., Overcoming catastrophic forgetting in neural networks, PNAS, 2017; online: J. Schwarz et al., ' +
    'Progress & compress, ICML, 2018',
  needs: ['penalties'],
  options: inGroup('Regularisation', {
    preset: withDefault(
      oneOf([
        'none',
        'reference',
        'permuted-mnist',
        'split-mnist-task',
        'split-mnist-domain',
        'split-mnist-class',
      ]),
      'none',
      'a published setting: of the article series (reference), or of van de Ven et al. on a benchmark',
    ),
    strength: strength(100),
    layers: layersOption,
    fisher: withDefault(
      oneOf(['exact', 'empirical', 'sampled', 'batches']),
      'exact',
      "of the Fisher information: exact, every label by its probability; empirical, the examples' own; sampled, one drawn by these probabilities; batches, of the mean gradient of each batch, squared",
    ),
    fisherSamples: withDefault(
      integer(0, 10_000_000),
      1000,
      'examples of a task that its Fisher information is of, evenly spread; 0 takes all',
    ),
    form: withDefault(
      oneOf(['sum', 'online', 'separate']),
      'sum',
      'what is kept of several tasks: the exact sum of their penalties; online, one penalty around the last weights; separate, a penalty a task',
    ),
    ewcGamma: withDefault(
      number(0, 1),
      1,
      'share of the earlier importance that a task leaves, of the form online',
    ),
  }),
  presets: {
    // 10,000 without the factor 1/2.
    reference: { options: { strength: 20_000, fisher: 'batches', fisherSamples: 0, form: 'online' } },
    'permuted-mnist': published(100, 1000),
    'split-mnist-task': published(1e5),
    'split-mnist-domain': published(1e10),
    'split-mnist-class': published(1e9),
  },
  create(config) {
    const { form, ewcGamma, strength, batchSize } = config;
    const choice = { kind: config.fisher, samples: config.fisherSamples, batchSize, layers: config.layers };
    const names = (task: number): string[] =>
      form === 'separate' ? [...Array(task).keys()].map((each) => `-${each}`) : [''];
    return {
      whenDiverging: lessStrength,
      objective: ({ task }) => ({
        penalties: (task > 0 ? names(task) : []).map((name) => ({
          strength: strength / 2,
          anchor: `ewc-anchor${name}`,
          importance: `ewc-importance${name}`,
        })),
      }),
      beforeTask: ({ session }) => chooseLayers(config, session),
      async afterTask(context) {
        const { session, task } = context;
        const { vectors } = session;
        const name = form === 'separate' ? `-${task}` : '';
        const [anchor, importance] = [`ewc-anchor${name}`, `ewc-importance${name}`];
        if (form === 'separate' || task === 0) {
          await measureImportance(choice, context, importance);
          await vectors.copy('parameters', anchor);
          return;
        }
        await measureImportance(choice, context, 'ewc-task');
        if (form === 'online') await vectors.scale(importance, ewcGamma);
        await vectors.add(importance, 'ewc-task');
        if (form === 'online') await vectors.copy('parameters', anchor);
        else await moveAnchor(session, anchor, importance);
        await vectors.drop('ewc-task');
      },
    };
  },
};

/**
 * The anchor of a sum of quadratics is the mean of their anchors by importance: it moves towards the weights now by this
 * task's share, F / ΣF. Where no task has an importance it stays.
 */
async function moveAnchor({ vectors }: Session, anchor: string, importance: string): Promise<void> {
  const tiny = 1e-30; // far below what a difference that matters is measured by
  await vectors.fill('ewc-sum', tiny);
  await vectors.add('ewc-sum', importance);
  await vectors.divide('ewc-task', 'ewc-sum');
  await vectors.copy('parameters', 'ewc-sum');
  await vectors.add('ewc-sum', anchor, -1);
  await vectors.multiply('ewc-sum', 'ewc-task');
  await vectors.add(anchor, 'ewc-sum');
  await vectors.drop('ewc-sum');
}
