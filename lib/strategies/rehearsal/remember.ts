import { object, readProperty } from '../../base/arguments.js';
import type { TrainingOptions } from '../../training/options.js';
import type { TaskContext } from '../../training/strategy.js';
import { chooseExemplars } from './exemplars.js';
import type { KeptOptions } from './memory.js';

/**
 * Keeps examples of the task in the memory: rows drawn with a random stream of their own, from `seed` and the task.
 * @param kept - `targets`: the network's outputs for them now are stored, too. Default false.
 */
export async function remember(
  config: KeptOptions & Pick<TrainingOptions, 'seed'>,
  context: TaskContext,
  { targets = false }: { readonly targets?: boolean } = {},
): Promise<void> {
  const { session, view, labels, task } = readContext('remember', config, context);
  const rows = chooseExemplars(config, labels, task);
  if (rows.length > 0) await session.addMemory({ view, rows, targets });
}

/** @throws {ClTorchError} INVALID_ARGUMENT for what cannot be the configuration and the context of a strategy. */
export function readContext(part: string, config: unknown, context: TaskContext): TaskContext {
  object(config, `${part}: config`);
  object(readProperty(object(context, `${part}: context`), 'session'), `${part}: context.session`);
  return context;
}
