import { describe, expect, test } from 'vitest';
import { columnsOf, rowsOf, widthOf } from '../../lib/base/terminal-size.js';
import { stderrNotices } from '../../lib/setup/libtorch/notices.js';

test.each([
  [undefined, 80, 80],
  [0, 80, 80],
  [1, 1, 80],
  [19, 19, 80],
  [20, 20, 20],
  [200, 200, 200],
])('a terminal of %s columns counts as %d, and text is laid out in %d', (columns, counted, width) => {
  expect(columnsOf({ columns })).toBe(counted);
  expect(widthOf({ columns })).toBe(width);
});

test('a terminal of no rows has 24', () => {
  expect([rowsOf({ rows: 0 }), rowsOf({}), rowsOf({ rows: 3 })]).toEqual([24, 24, 3]);
});

describe('a download on a terminal', () => {
  const told = (columns: number | undefined): string => {
    let text = '';
    const stream = { isTTY: true, columns, write: (part: string) => (text += part) };
    const notices = stderrNotices(stream as unknown as NodeJS.WriteStream);
    notices.progress('kmnist', 5_000_000, 20_000_000, null);
    notices.end();
    return text;
  };

  test.each([0, undefined, 3, 60])('of %s columns shows every character', (columns) => {
    expect(told(columns)).toContain('kmnist: 5.0 of 20 MB (25 %)');
  });

  test('that stops leaves what follows a line of its own', () => {
    expect(told(80)).toMatch(/\(25 %\)\n$/);
  });
});
