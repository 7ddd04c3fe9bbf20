import type { NamedTensor } from '../../binding.js';
import type { Session } from './session.js';

/** What a network knows, in its order. */
export interface Weights {
  readonly parameters: readonly NamedTensor[];
  /** What it keeps beside its parameters, such as running means; none of an MLP's. */
  readonly buffers: readonly NamedTensor[];
}

/** Copies of a session's weights, of the same moment. */
export async function weightsOf(session: Session): Promise<Weights> {
  const [parameters, buffers] = await Promise.all([session.parameters(), session.buffers()]);
  return { parameters, buffers };
}
