import type { TaskContext } from '../../training/strategy.js';

/** A fresh model, as it was before the first task, in the place of the session's; the memory stays, and the random streams go on. */
export async function renewKeepingMemory({ session, renewModel }: TaskContext): Promise<void> {
  const { memory, offered, streams } = await session.exportState();
  await renewModel();
  await session.importState({ ...(await session.exportState()), memory, offered, streams });
}
