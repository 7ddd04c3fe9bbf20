import type { StrategyDefinition } from '../training/definition.js';
import { byVector, measuredByOwnWeights } from './architecture/own-weights.js';

/** A network a task: nothing is shared, so that nothing is forgotten and nothing is gained. */
export const sepnets: StrategyDefinition<Record<never, never>, 'sepnets', 'method'> = {
  name: 'sepnets',
  title: 'a network for each task, each from the same first weights',
  summary:
    'Nothing is shared among the tasks, so that nothing is forgotten, and memory grows by a network a task: what methods that share ' +
    'one network are compared with.',
  source:
    'G. M. van de Ven, T. Tuytelaars, A. S. Tolias, Three types of incremental learning, Nature Machine Intelligence, 2022',
  scenarios: ['task'],
  alone: 'each task has a network of its own',
  create: () => ({
    async beforeTask({ session: { vectors }, task }) {
      if (task === 0) await vectors.copy('parameters', 'sepnets-first');
      else await vectors.copy('sepnets-first', 'parameters');
    },
    afterTask: ({ session, task }) => session.vectors.copy('parameters', `sepnets-${task}`),
    ...measuredByOwnWeights({
      aside: 'sepnets-now',
      put: byVector(
        (task) => `sepnets-${task}`,
        (vectors, own) => vectors.copy(own, 'parameters'),
      ),
    }),
  }),
};
