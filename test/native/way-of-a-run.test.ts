import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runExperiment } from '../../lib/index.js';
import { Session } from '../../lib/session/session.js';
import { type Sandbox, sandbox } from '../cli/command.js';
import { documentedRooms, roomOf } from '../support/rooms.js';
import { shortRun } from '../support/runs.js';

const root = join(import.meta.dirname, '../..');

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** The files of the calls that are open when a run asks for its first epoch, the outermost first. */
async function filesOnTheWay(): Promise<string[]> {
  let stack = '';
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 200;
  const train = Session.prototype.trainEpoch;
  const spy = vi.spyOn(Session.prototype, 'trainEpoch').mockImplementation(function (
    this: Session,
    ...given
  ) {
    stack ||= new Error('the way').stack ?? '';
    return train.apply(this, given);
  });
  const out = join(box.folder, 'run');
  try {
    await runExperiment(shortRun({ strategy: 'baseline', tasks: 1, epochs: 1, out }, box.dataDir));
  } finally {
    spy.mockRestore();
    Error.stackTraceLimit = limit;
  }
  const files = [...stack.matchAll(/(?:\(|at (?:async )?)(?:file:\/\/)?(\/[^\s():]+):\d+/g)].map(
    ([, file = '']) => relative(root, file),
  );
  const ours = files.filter((file) => file.startsWith('lib/')).reverse();
  return ours.filter((file, i) => file !== ours[i - 1]);
}

test('a run walks through the files that docs/architecture.md names, at most ten, and never back up', async () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith('The way of a run\n')) ?? '';
  const named = [...section.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, file = '']) => file);
  // The call of runExperiment itself is over, and that of the session is the one that was looked at.
  expect(['lib/sweep/experiment.ts', ...(await filesOnTheWay()), 'lib/session/session.ts']).toEqual(named);
  expect(named.length).toBeLessThanOrEqual(10);
  const rooms = documentedRooms('Rooms of the TypeScript code');
  const heights = named.map((file) => roomOf(rooms, file)?.place ?? -1);
  expect(heights).not.toContain(-1);
  expect(heights).toEqual([...heights].sort((a, b) => b - a));
});
