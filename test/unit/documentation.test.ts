import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { benchmarks } from '../../lib/benchmarks/index.js';
import { permutations } from '../../lib/benchmarks/permutation.js';
import { datasets } from '../../lib/datasets/index.js';
import { networks } from '../../lib/networks/index.js';
import { documentedBlocks } from '../support/documentation.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('the PyTorch lines of docs/checkpoints.md', () => {
  const snippet = documentedBlocks('python').find(({ text }) => text.includes('random.shuffle'))?.text ?? '';

  test.skipIf(!hasPython)('draw the pixel orders that the tasks have', () => {
    const lines = /^random\.seed[\s\S]*?random\.shuffle\(order\)$/m.exec(snippet)?.[0];
    const program = `import json, random\nconfig = {"permutationSeed": 7, "tasks": 3}\n${lines}\nprint(json.dumps(orders))`;
    const { stdout, stderr } = spawnSync('python3', ['-c', program], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(permutations(3, 784, 7).map((order) => [...order]));
  });

  test.skipIf(!hasPython)('are Python', () => {
    const check = 'import ast, sys; ast.parse(sys.stdin.read())';
    expect(spawnSync('python3', ['-c', check], { input: snippet }).status).toBe(0);
  });
});

/** The cells of a table's row that begins with this name, links as their text. */
function rowOf(page: string, name: string): string[] {
  const text = readFileSync(`${checkout}${page}`, 'utf8');
  const row = text.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
  const cells = row.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').split('|');
  return cells.slice(2, -1).map((cell) => cell.trim());
}

describe('a row of docs says of each entry of a registry what its definition says', () => {
  test.each([...benchmarks])('benchmark $name', ({ name, title, scenarios, source = '' }) => {
    const scenario = scenarios.map((each) => `${each}-incremental`).join(', ');
    expect(rowOf('docs/benchmarks.md', name)).toEqual([title, scenario, source]);
  });

  test.each([...datasets, ...networks])('$name', ({ name, title }) => {
    expect(rowOf('docs/benchmarks.md', name)).toEqual([title]);
  });
});

test('the versions that are to be cited are the package’s', () => {
  const { version } = JSON.parse(readFileSync(`${checkout}package.json`, 'utf8')) as { version: string };
  expect(readFileSync(`${checkout}CITATION.cff`, 'utf8')).toContain(`\nversion: ${version}\n`);
  expect(readFileSync(`${checkout}docs/lfd.md`, 'utf8')).toContain(`version = {${version}}`);
});
