import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../../lib/options/parse.js';
import { SeedsCompany } from '../../lib/sweep/seeds-company.js';
import { type Sandbox, sandbox } from '../cli/command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

describe('runs of several seeds', () => {
  test.each([
    // [runs, at once, places that are left after each run]
    [3, 3, [2, 1, 0]],
    [5, 2, [2, 2, 2, 1, 0]],
    [2, 16, [1, 0]],
  ])('%i runs, %i at once: the places go when no run is left for them', async (runs, atOnce, left) => {
    using company = await SeedsCompany.gather(runs, atOnce, true);
    const leave = vi.spyOn(company.trainingGroup as { leave(): void }, 'leave');
    const places = left.map(() => {
      company.runEnded();
      return Math.min(runs, atOnce) - leave.mock.calls.length;
    });
    expect(places).toEqual(left);
  });

  test.each([
    ['one at a time', 4, 1, true],
    ['one run', 1, 16, true],
    ['not as one batch', 4, 4, false],
  ])('%s: no training group', async (_, runs, atOnce, together) => {
    using company = await SeedsCompany.gather(runs, atOnce, together);
    expect(company.trainingGroup).toBeUndefined();
    company.runEnded();
  });

  test('the data set is the same object for all of them, and is let go of with the last', async () => {
    const config = parseConfig({ strategy: 'baseline', dataDir: box.dataDir });
    using company = await SeedsCompany.gather(2, 2, false);
    const [first, second] = [company.loadData(config), company.loadData(config)];
    expect(await second).toBe(await first);
    expect(await company.loadData(config)).not.toBe(await first);
    expect((await first).digest).toMatch(/^[0-9a-f]{64}$/);
  });
});
