import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeStrategy, strategiesTable } from '../../lib/report/text/strategies.js';
import { strategies } from '../../lib/strategies/index.js';

test('docs/strategies.md has the table that the definitions make', async () => {
  const text = await readFile(new URL('../../docs/strategies.md', import.meta.url), 'utf8');
  const table = text.split('\n').filter((line) => line.startsWith('| '));
  const from = table.findIndex((line) => line.startsWith('| built in'));
  expect(table.slice(from, from + 2 + strategies.length).join('\n')).toBe(strategiesTable(strategies));
});

test('every strategy has a summary, every method a source', () => {
  for (const strategy of strategies) {
    const { name, summary, role, source } = describeStrategy(strategy);
    expect(summary, name).not.toBe('');
    if (role === 'method') expect(source, name).not.toBeNull();
  }
});
