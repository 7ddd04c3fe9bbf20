import { describe, expect, it } from 'vitest';
import { PythonRandom } from '../../../lib/random/python-random.js';
import { promotions, type RungValue } from '../../../lib/search/asha.js';

/** Results by rung and trial; what is not there is not over. */
const table =
  (...rungs: readonly (readonly (number | null | undefined)[])[]): RungValue =>
  (trial, rung) =>
    rungs[rung]?.[trial];

describe('promotions', () => {
  const nine = { trials: 9, rungs: 3, reduction: 3 };
  const first = [60, 75, 50, 80, 70, null, 90, 85, 65];

  it('follow a table worked by hand', () => {
    // Rung 0, in the order of the numbers, a third of what is over promoted:
    //   3 results (60 75 50): the best is 1                       → 1
    //   4 (80): the best is 3                                     → 3
    //   5 (70): the best is 3, who is promoted already
    //   6 (failed): the best two are 3 and 1
    //   7 (90): the best two are 6 and 3                          → 6
    //   8 (85): the best two are 6 and 7                          → 7
    //   9 (65): the best three are 6, 7 and 3
    // Rung 1, in the order 1 3 6 7:
    //   3 results (72 78 78): 3 and 6 are equal, 3 is the smaller → 3
    //   4 (84): the best is 7                                     → 7
    const second = [undefined, 72, undefined, 78, undefined, undefined, 78, 84];
    expect(promotions(nine, table(first, second))).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
      [1, 3, 6, 7],
      [3, 7],
    ]);
  });

  it('wait for the first result that is not there', () => {
    const withoutThird = first.with(2, undefined as unknown as number);
    expect(promotions(nine, table(withoutThird))).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8], [], []]);
    expect(
      promotions(nine, table(first, [undefined, 72, undefined, undefined, undefined, undefined, 90]))[2],
    ).toEqual([]);
  });

  it('leave rungs of 9, 3 and 1 as successive halving does, where the best come first', () => {
    // n = 9, r = 1, R = 9, η = 3 of the paper: 9 trials of 1 task, 3 of 3 tasks, 1 of 9 tasks.
    const falling: RungValue = (trial) => 100 - trial;
    expect(promotions(nine, falling).map(({ length }) => length)).toEqual([9, 3, 1]);
  });

  it('never take a trial that failed, though it counts', () => {
    expect(promotions({ trials: 4, rungs: 2, reduction: 2 }, () => null)).toEqual([[0, 1, 2, 3], []]);
    expect(promotions({ trials: 4, rungs: 2, reduction: 2 }, table([null, 1, null, Number.NaN]))[1]).toEqual([
      1,
    ]);
  });

  it('are none in the last rung, and of one rung', () => {
    expect(promotions({ trials: 3, rungs: 1, reduction: 3 }, () => 1)).toEqual([[0, 1, 2]]);
    expect(promotions({ trials: 2, rungs: 3, reduction: 3 }, () => 1)).toEqual([[0, 1], [], []]);
  });

  it('are the same whatever the order in which runs end, and only ever grow', () => {
    const asked = { trials: 30, rungs: 4, reduction: 3 };
    const result = (trial: number, rung: number): number | null =>
      (trial * 7 + rung) % 11 === 0 ? null : ((trial + 1) * (rung + 3) * 7919) % 101;
    const atOnce = promotions(asked, result);
    expect(atOnce.filter(({ length }) => length > 1)).toHaveLength(4);
    for (let seed = 0; seed < 8; seed++) {
      const random = new PythonRandom(seed);
      const over = new Set<string>();
      let lists = promotions(asked, () => undefined);
      for (;;) {
        const open = lists.flatMap((list, rung) =>
          list.filter((trial) => !over.has(`${trial} ${rung}`)).map((trial) => ({ trial, rung })),
        );
        const next = open[open.length === 0 ? 0 : random.randbelow(open.length)];
        if (next === undefined) break;
        over.add(`${next.trial} ${next.rung}`);
        const longer = promotions(asked, (trial, rung) =>
          over.has(`${trial} ${rung}`) ? result(trial, rung) : undefined,
        );
        expect(longer.map((list, rung) => list.slice(0, lists[rung]?.length))).toEqual(lists);
        lists = longer;
      }
      expect(lists).toEqual(atOnce);
    }
  });
});
