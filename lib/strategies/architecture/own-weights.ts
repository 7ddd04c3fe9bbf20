import type { Vectors } from '../../session/vectors.js';
import type { Strategy } from '../../training/strategy.js';

/** How a task that has weights of its own is measured by them. */
export interface OwnWeights {
  /** Name of the vector that holds the weights of now meanwhile. */
  readonly aside: string;
  /** Makes the parameters, which are the weights of now, the task's own; of a task that has none it leaves them. */
  readonly put: (vectors: Vectors, task: number) => Promise<void>;
}

/** The hooks that put each task's weights in place to measure it, and those of now back. */
export function measuredByOwnWeights({
  aside,
  put,
}: OwnWeights): Required<Pick<Strategy, 'beforeEvaluation' | 'afterEvaluation'>> {
  return {
    async beforeEvaluation({ session: { vectors }, task }) {
      const isAside = (await vectors.names()).includes(aside);
      await vectors.copy(...((isAside ? [aside, 'parameters'] : ['parameters', aside]) as [string, string]));
      await put(vectors, task);
    },
    async afterEvaluation({ session: { vectors } }) {
      await vectors.copy(aside, 'parameters');
      await vectors.drop(aside);
    },
  };
}

/** By what a vector of the task's holds, if there is one of that name. */
export function byVector(
  vectorOf: (task: number) => string,
  put: (vectors: Vectors, own: string) => Promise<void>,
): OwnWeights['put'] {
  return async (vectors, task) => {
    const own = vectorOf(task);
    if ((await vectors.names()).includes(own)) await put(vectors, own);
  };
}
