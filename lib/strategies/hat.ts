import { number, oneOf, rate } from '../options/kinds.js';
import { inGroup, withDefault } from '../options/option.js';
import type { StrategyDefinition } from '../training/definition.js';
import { authorsTraining, drawEmbedding, useOf, withoutGates } from './architecture/attention.js';
import { byVector, measuredByOwnWeights } from './architecture/own-weights.js';

interface HatOptions {
  /** The authors' optimizer, rate and batch for SplitMNIST, and a network of 400-400 units, where nothing else is given. Default none. */
  readonly preset: 'none' | 'split-mnist-task';
  /** Steepness of a task's gates at the end of each epoch, and wherever it is measured: s_max. Default 400. */
  readonly gateSteepness: number;
  /** Weight of the share that a task takes of the units which earlier ones leave. Default 0.75. */
  readonly capacityStrength: number;
  /** Step size of the numbers that the gates are learnt by, before a schedule changes it. Default 0.05. */
  readonly embeddingRate: number;
}

/** Hard attention to the task: each task learns which hidden units it has, and their weights are held for it. */
export const hat: StrategyDefinition<HatOptions, 'hat', 'method'> = {
  name: 'hat',
  title: 'hard attention to the task: each task learns which hidden units it has (HAT)',
  summary:
    'Every hidden unit has a gate in each task, which is learnt with the weights and ends up open or shut. What connects units that a ' +
    'task has open is not changed by later ones, so that it is not forgotten; a penalty leaves units for these.',
  source:
    'J. Serrà, D. Surís, M. Miron, A. Karatzoglou, Overcoming catastrophic forgetting with hard attention to the task, ICML, 2018',
  scenarios: ['task'],
  alone: 'it decides itself which weights a step may change, and which a task is measured by',
  needs: ['gates'],
  options: inGroup('Architecture', {
    preset: withDefault(
      oneOf(['none', 'split-mnist-task']),
      'none',
      "the authors' optimizer, rate and batch for SplitMNIST, and a network of 400-400 units, where nothing else is given",
    ),
    gateSteepness: withDefault(
      number(1, 10_000),
      400,
      "steepness of a task's gates at the end of each epoch, and wherever it is measured: s_max",
    ),
    capacityStrength: withDefault(
      number(0, 10_000),
      0.75,
      'weight of the share that a task takes of the units which earlier ones leave',
    ),
    embeddingRate: withDefault(
      rate,
      0.05,
      'step size of the numbers that the gates are learnt by, before a schedule changes it',
    ),
  }),
  presets: { 'split-mnist-task': { options: {}, setting: authorsTraining } },
  problems: withoutGates,
  create: ({ gateSteepness: steepness, capacityStrength: capacity, embeddingRate, seed }) => ({
    async beforeTask({ session: { vectors }, task }) {
      const parameters = await vectors.get('parameters');
      await vectors.set(embeddingOf(task), drawEmbedding(parameters, { seed, task }));
      if (task === 0) await vectors.fill('hat-used', 0);
    },
    objective: ({ task }) => ({
      gates: { embedding: embeddingOf(task), used: 'hat-used', steepness, capacity, rate: embeddingRate },
    }),
    async afterTask({ session: { vectors }, task, labels, report }) {
      const [before, embedding] = [await vectors.get('hat-used'), await vectors.get(embeddingOf(task))];
      const { used, percent } = useOf(before, embedding, { steepness, labels });
      await vectors.set('hat-used', used);
      report({ measures: { used: { label: 'units in use', value: percent, unit: '%' } } });
    },
    ...measuredByOwnWeights({
      aside: 'hat-all',
      put: byVector(embeddingOf, async (vectors, embedding) => {
        await vectors.spreadGates(embedding, 'hat-measured', steepness);
        await vectors.multiply('parameters', 'hat-measured');
        await vectors.drop('hat-measured');
      }),
    }),
  }),
};

function embeddingOf(task: number): string {
  return `hat-embedding-${task}`;
}
