import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import type { ExperimentConfig } from '../../lib/config/types.js';
import { SharedData } from '../../lib/runs/shared-data.js';
import { TrainingPlaces } from '../../lib/sweep/training-places.js';
import { type Sandbox, sandbox } from '../cli/command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

describe('runs that are alike', () => {
  test.each([
    // [runs, at once, places that are left after each run]
    [3, 3, [2, 1, 0]],
    [5, 2, [2, 2, 2, 1, 0]],
    [2, 16, [1, 0]],
  ])('%i runs, %i at once: the places go when no run is left for them', async (runs, atOnce, left) => {
    using group = await TrainingPlaces.open(runs, { atOnce, together: true });
    const leave = vi.spyOn(group.trainingGroup as { leave(): void }, 'leave');
    const places = left.map(() => {
      group.runEnded();
      return Math.min(runs, atOnce) - leave.mock.calls.length;
    });
    expect(places).toEqual(left);
  });

  test.each([
    ['one at a time', 4, 1, true],
    ['one run', 1, 16, true],
    ['not as one batch', 4, 4, false],
  ])('%s: no training group', async (_, runs, atOnce, together) => {
    using group = await TrainingPlaces.open(runs, { atOnce, together });
    expect(group.trainingGroup).toBeUndefined();
    group.runEnded();
  });

  test('the data set is the same object for all of them, and is let go of with the last', async () => {
    const config = parseConfig({ strategy: 'baseline', dataDir: box.dataDir });
    const other = parseConfig({ strategy: 'lfd', dataDir: box.dataDir, validation: 100 });
    const again: ExperimentConfig = { ...config, seed: 1 };
    const data = new SharedData([config, other, again], undefined);
    const [first, different, second] = [data.load(config), data.load(other), data.load(config)];
    expect(await second).toBe(await first);
    expect(await different).not.toBe(await first);
    expect((await different).dataset.test.rows).toBe(100);
    expect(await data.load(config)).not.toBe(await first);
    expect((await first).digest).toMatch(/^[0-9a-f]{64}$/);
  });
});
