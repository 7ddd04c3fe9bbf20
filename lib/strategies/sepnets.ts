import type { StrategyDefinition } from '../training/definition.js';

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
    async beforeEvaluation({ session: { vectors }, task }) {
      const names = await vectors.names();
      if (!names.includes('sepnets-now')) await vectors.copy('parameters', 'sepnets-now');
      const own = `sepnets-${task}`;
      await vectors.copy(names.includes(own) ? own : 'sepnets-now', 'parameters');
    },
    async afterEvaluation({ session: { vectors } }) {
      await vectors.copy('sepnets-now', 'parameters');
      await vectors.drop('sepnets-now');
    },
  }),
};
