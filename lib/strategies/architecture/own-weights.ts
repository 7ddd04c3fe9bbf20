import type { Vectors } from '../../session/vectors.js';
import type { Strategy } from '../../training/strategy.js';

/** How a task that has weights of its own is measured by them. */
export interface OwnWeights {
  /** Name of the vector that holds the weights of now meanwhile. */
  readonly aside: string;
  /** Name of the vector that a task's own weights come from; a task without it is measured by the weights of now. */
  readonly vectorOf: (task: number) => string;
  /** Makes the parameters, which are the weights of now, the task's own. */
  readonly put: (vectors: Vectors, own: string) => Promise<void>;
}

/** The hooks that put each task's weights in place to measure it, and those of now back. */
export function measuredByOwnWeights({
  aside,
  vectorOf,
  put,
}: OwnWeights): Required<Pick<Strategy, 'beforeEvaluation' | 'afterEvaluation'>> {
  return {
    async beforeEvaluation({ session: { vectors }, task }) {
      const names = await vectors.names();
      if (names.includes(aside)) await vectors.copy(aside, 'parameters');
      else await vectors.copy('parameters', aside);
      const own = vectorOf(task);
      if (names.includes(own)) await put(vectors, own);
    },
    async afterEvaluation({ session: { vectors } }) {
      await vectors.copy(aside, 'parameters');
      await vectors.drop(aside);
    },
  };
}
