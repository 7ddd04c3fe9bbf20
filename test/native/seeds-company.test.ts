import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import { SeedsCompany } from '../../lib/experiment/seeds-company.js';
import { type Sandbox, sandbox } from '../cli/command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

describe('runs of several seeds', () => {
  test.each([
    // [runs, at once, seats that are left after each run]
    [3, 3, [2, 1, 0]],
    [5, 2, [2, 2, 2, 1, 0]],
    [2, 16, [1, 0]],
  ])('%i runs, %i at once: the seats go when no run is left for them', async (runs, atOnce, left) => {
    using company = await SeedsCompany.gather(runs, atOnce, true);
    const leave = vi.spyOn(company.cohort as { leave(): void }, 'leave');
    const seats = left.map(() => {
      company.runEnded();
      return Math.min(runs, atOnce) - leave.mock.calls.length;
    });
    expect(seats).toEqual(left);
  });

  test.each([
    ['one at a time', 4, 1, true],
    ['one run', 1, 16, true],
    ['not as one batch', 4, 4, false],
  ])('%s: no cohort', async (_, runs, atOnce, together) => {
    using company = await SeedsCompany.gather(runs, atOnce, together);
    expect(company.cohort).toBeUndefined();
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
