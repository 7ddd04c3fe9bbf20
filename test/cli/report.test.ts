import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultSchema } from '../../lib/runs/result-schema.js';
import { madeUpRun } from '../support/made-up-run.js';
import { clTorch, type Sandbox, sandbox } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

async function folderOf(name: string, run: object): Promise<string> {
  const folder = join(box.folder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'result.json'), JSON.stringify(run));
  return folder;
}

test("a real run's result fits the schema, and its page lies beside it", async () => {
  const out = join(box.folder, 'run');
  const options =
    '--tasks 2 --epochs 1 --hidden 16 --device cpu --threads 1 --memory-size 20 --evaluate-all on';
  const { status } = await clTorch([
    'run',
    'er+lfd',
    ...options.split(' '),
    '--data-dir',
    box.dataDir,
    '--out',
    out,
    '--quiet',
  ]);
  expect(status).toBe(0);
  const result: unknown = JSON.parse(await readFile(join(out, 'result.json'), 'utf8'));
  expect(resultSchema.safeParse(result).error).toBeUndefined();
  const page = await readFile(join(out, 'report.html'), 'utf8');
  for (const figure of ['matrix', 'forgetting', 'curve-direction-path', 'curve-lambda-path', 'time']) {
    expect(page).toContain(`<figure id="${figure}">`);
  }
  expect(page).toContain('Forward transfer');
});

test('several folders, one of them with seeds, are compared on one page', async () => {
  const baseline = await folderOf('baseline', madeUpRun({ strategy: 'baseline' }));
  for (const seed of [1, 2]) await folderOf(`er/seed-${seed}`, madeUpRun({ strategy: 'er', seed }));
  const file = join(box.folder, 'comparison.html');
  const { status, stdout } = await clTorch(['report', baseline, join(box.folder, 'er'), '--out', file]);
  expect([status, stdout]).toEqual([0, `${file}\n`]);
  const page = await readFile(file, 'utf8');
  expect(page).toContain(
    '<th scope="row" role="rowheader">baseline</th><td role="cell" data-label="seeds">1</td>',
  );
  expect(page).toContain('<th scope="row" role="rowheader">er</th><td role="cell" data-label="seeds">2</td>');
});

test('a page in a folder that is missing: it is made', async () => {
  const folders = [
    await folderOf('first', madeUpRun({ strategy: 'baseline' })),
    await folderOf('second', madeUpRun({ strategy: 'er' })),
  ];
  const file = join(box.folder, 'pages', 'deep', 'x.html');
  const { status, stdout } = await clTorch(['report', ...folders, '--out', file]);
  expect([status, stdout]).toEqual([0, `${file}\n`]);
  expect(await readFile(file, 'utf8')).toContain('</html>');
});

test('finished runs are compared without an output folder at hand: it is made', async () => {
  const folders = [
    await folderOf('third', madeUpRun({ strategy: 'baseline' })),
    await folderOf('fourth', madeUpRun({ strategy: 'er' })),
  ];
  const out = join(box.folder, 'comparisons', '2');
  expect((await clTorch(['compare', ...folders, '--out', out])).status).toBe(0);
  expect((await readdir(out)).sort()).toEqual(['comparison.csv', 'comparison.html', 'comparison.md']);
});

test('a folder without a run, and a place that cannot be written', async () => {
  const missing = await clTorch(['report', join(box.folder, 'nowhere')]);
  expect([missing.status, missing.stdout]).toEqual([1, '']);
  expect(missing.stderr).toContain('holds no run: there is no result.json');
  const run = await folderOf('fine', madeUpRun({ strategy: 'baseline' }));
  const unwritable = await clTorch(['report', run, '--out', join(run, 'result.json', 'page.html')]);
  expect(unwritable.status).toBe(1);
  expect(unwritable.stderr).toContain('[OUTPUT_FAILED]');
});
