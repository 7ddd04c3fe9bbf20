import { object, readProperty } from '../../base/arguments.js';
import { ClTorchError } from '../../base/errors.js';
import type { Session } from '../../session/session.js';
import type { TrainingOptions } from '../../training/options.js';
import type { Strategy, TaskContext } from '../../training/strategy.js';
import { chooseBalanced } from './balanced.js';
import { chooseExemplars, herdExemplars, streamOf } from './exemplars.js';
import { type KeptOptions, reservoirOf } from './memory.js';

type Config = KeptOptions & Pick<TrainingOptions, 'seed'>;

/** Whether the network's outputs for the examples are stored, too, as they are when these are kept; default false. */
interface Kept {
  readonly targets?: boolean;
}

/** The parts of a strategy by which the memory's options work. */
export function memoryHooks(
  config: Config,
  { targets = false }: Kept = {},
): Pick<Strategy, 'remember' | 'reservoir' | 'storesOutputs'> {
  return {
    remember: (context) => remember(config, context, { targets }),
    reservoir: reservoirOf(config),
    storesOutputs: targets,
  };
}

/**
 * Keeps examples of the task in the memory, as the options say: rows drawn with a random stream of their own, from `seed` and
 * the task. A reservoir is filled while the task is learnt, by a strategy's `reservoir`.
 * @throws {ClTorchError} CONFIG_INVALID for a reservoir that the strategy does not have.
 */
export async function remember(
  config: Config,
  context: TaskContext,
  { targets = false }: Kept = {},
): Promise<void> {
  const { session, view, labels, task } = readContext('remember', config, context);
  if (config.memorySelection === 'reservoir') return requireReservoir(session);
  let rows: Int32Array;
  if (config.memorySelection === 'balanced') {
    const held = await session.memoryLabels();
    const choice = chooseBalanced(held, labels, config.memorySize, streamOf(config, task));
    if (choice.kept.length < held.length) await session.keepMemory(choice.kept);
    rows = choice.rows;
  } else if (config.memorySelection === 'herding') {
    rows = await herdExemplars(config, context);
  } else {
    rows = chooseExemplars(config, labels, task);
  }
  if (rows.length > 0) await session.addMemory({ view, rows, targets });
}

async function requireReservoir(session: Session): Promise<void> {
  const { offered } = await session.memoryInfo();
  if (offered > 0) return;
  throw new ClTorchError(
    'CONFIG_INVALID',
    'memorySelection (--memory-selection) is "reservoir", which is filled while a task is learnt, and the strategy has none: ' +
      'give it the property reservoir: reservoirOf(config), or keep examples in another way.',
  );
}

/** @throws {ClTorchError} INVALID_ARGUMENT for what cannot be the configuration and the context of a strategy. */
export function readContext(part: string, config: unknown, context: TaskContext): TaskContext {
  object(config, `${part}: config`);
  object(readProperty(object(context, `${part}: context`), 'session'), `${part}: context.session`);
  return context;
}
