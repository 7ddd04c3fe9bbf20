import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../lib/runs/types.js';
import { outcomeOf } from '../support/child.js';
import { timeless } from '../support/runs.js';
import { clTorch, type Sandbox, sandbox, start, untilPrinted } from './command.js';

let box: Sandbox;
beforeAll(async () => {
  box = await sandbox();
});
afterAll(() => box[Symbol.asyncDispose]());

/** Fine-tuning, so that its numbers are those of baseline. */
const TUNING = `{
  name: 'tuning',
  create: (config) => ({ async beforeTask({ session }) { await session.createOptimizer(config); } }),
}`;

/** What a file imports as `cl-torch` where the package is installed. */
const PACKAGE = new URL('../../dist/index.js', import.meta.url).href;

async function write(name: string, text: string): Promise<string> {
  const file = join(box.folder, name);
  await writeFile(file, text);
  return file;
}

const tiny = (...more: string[]): string[] =>
  '--tasks 2 --epochs 1 --hidden 8 --batch-size 64 --device cpu --threads 1'
    .split(' ')
    .concat('--data-dir', box.dataDir, ...more);

async function resultIn(folder: string): Promise<RunResult> {
  return JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')) as RunResult;
}

describe('run --strategy FILE trains the custom strategy of the file', () => {
  let baseline: RunResult;
  beforeAll(async () => {
    const { stdout } = await clTorch(['run', 'baseline', ...tiny('--json', '--quiet')]);
    baseline = JSON.parse(stdout) as RunResult;
  });

  test.each([
    ['default.mjs', `export default ${TUNING};`],
    ['named.mjs', `export const strategy = ${TUNING};`],
    ['common.cjs', `module.exports = ${TUNING};`],
    ['inside.cjs', `module.exports = { strategy: ${TUNING} };`],
  ])('%s', async (name, text) => {
    const file = await write(name, text);
    const { stdout, stderr } = await clTorch(['run', '--strategy', file, ...tiny('--json', '--quiet')]);
    expect(stderr).toBe('');
    const result = JSON.parse(stdout) as RunResult;
    expect(result.strategy).toBe('tuning');
    expect(result.losses).toEqual(baseline.losses);
  });

  test('a relative path counts from the working directory; a built-in name is one, too', async () => {
    const { status, stderr } = await clTorch(['run', '--strategy', './nowhere.mjs', ...tiny()]);
    expect(status).toBe(2);
    expect(stderr).toContain("The strategy file './nowhere.mjs' cannot be used: there is no such file");
    const named = await clTorch(['run', '--strategy', 'baseline', ...tiny('--json', '--quiet')]);
    expect((JSON.parse(named.stdout) as RunResult).strategy).toBe('baseline');
  });

  test('several seeds', async () => {
    const file = await write('seeds.mjs', `export default ${TUNING};`);
    const { status, stdout } = await clTorch(['run', '--strategy', file, '--seeds', '2', ...tiny('--quiet')]);
    expect(status).toBe(0);
    expect(stdout).toContain('mean ± sd');
  });
});

describe('what cannot be used is refused before any work, with the reason', () => {
  const nowhere = ['--data-dir', '/nonexistent'];
  test.each([
    ['empty.mjs', '', 'it exports nothing, and no strategy'],
    ['function.mjs', 'export default () => {};', 'The default export is a function'],
    ['other.mjs', 'export const answer = 42;', 'it exports answer, and no strategy'],
    ['name.mjs', `export default { ...${TUNING}, name: 'er' };`, 'name must be 1 to 60 letters'],
    ['options.mjs', `export default { ...${TUNING}, options: 3 };`, 'options must be an object'],
    [
      'parts.mjs',
      `export default { ...${TUNING}, optionsOf: 'er' };`,
      'it has optionsOf, which is no part of one',
    ],
    ['create.mjs', `export default { name: 'x', options: {} };`, 'create must be a function'],
    ['syntax.mjs', 'export default {\n  name: return\n};', 'it cannot be loaded: line 2: Unexpected token'],
    ['waits.mjs', 'await new Promise(() => {});', 'its top-level await waits for something that never comes'],
    ['throws.mjs', `throw new Error('no luck');`, 'it cannot be loaded: no luck'],
    [
      'package.mjs',
      `import 'cl-torch'; export default ${TUNING};`,
      'Install it where the file is: npm install cl-torch',
    ],
    ['text.txt', 'hello', 'it cannot be loaded: '],
  ])('%s', async (name, text, reason) => {
    const file = await write(name, text);
    const { status, stdout, stderr } = await clTorch(['run', '--strategy', file, ...nowhere]);
    expect(stderr).toContain(`The strategy file '${file}' cannot be used: `);
    expect(stderr).toContain(reason);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('a folder', async () => {
    const folder = join(box.folder, 'folder.mjs');
    await mkdir(folder);
    expect((await clTorch(['run', '--strategy', folder, ...nowhere])).stderr).toContain('it is a folder');
  });

  test('TypeScript, where Node cannot read it; where it can, it runs', async () => {
    const file = await write('typed.mts', `const strategy: object = ${TUNING};\nexport default strategy;`);
    const { status, stderr } = await clTorch(['run', '--strategy', file, ...tiny('--quiet')]);
    if ('typescript' in process.features && process.features.typescript) expect(status).toBe(0);
    else expect(stderr).toContain('reads no TypeScript. Use Node 22.18 or newer, or compile it');
  });

  test.each([
    ['hooks', `() => undefined`, 'create of tuning must return an object with the hooks'],
    ['promise', `async () => ({})`, 'create of tuning must return an object with the hooks; found'],
    ['hook', `() => ({ beforeTask: 3 })`, 'beforeTask of tuning must be a function'],
    ['misspelt', `() => ({ beforeTsak() {} })`, 'beforeTsak, which is no part of one'],
  ])('create with wrong %s', async (name, create, reason) => {
    const file = await write(`${name}.mjs`, `export default { ...${TUNING}, create: ${create} };`);
    const { status, stderr } = await clTorch(['run', '--strategy', file, ...tiny()]);
    expect(stderr).toContain(reason);
    expect(status).toBe(2);
  });
});

describe('options of its own', () => {
  const scaled = `import { option } from '${PACKAGE}';
export default {
  name: 'scaled',
  title: 'fine-tuning with a larger step',
  summary: 'Multiplies the learning rate.',
  options: { stepScale: option.withDefault(option.number(0, 100), 2, 'factor on the learning rate') },
  create: (config) => ({
    async beforeTask({ session }) {
      await session.createOptimizer({ ...config, learningRate: config.learningRate * config.stepScale });
    },
  }),
};`;

  test('are flags, with help, checks and defaults like any other; results have them', async () => {
    const file = await write('scaled.mjs', scaled);
    const help = await clTorch(['run', '--strategy', file, '--help']);
    expect(help.stdout).toContain(`Usage: cl-torch run --strategy ${file} [options]`);
    expect(help.stdout.replaceAll(/\s+/g, ' ')).toContain('scaled: fine-tuning with a larger step');
    expect(help.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Options (of scaled): --step-scale <X> factor on the learning rate (a number from 0 to 100; default 2)',
    );
    expect(help.stdout.indexOf('--step-scale')).toBeLessThan(help.stdout.indexOf('--tasks'));
    expect(help.stdout).not.toContain('--alpha');
    const out = join(box.folder, 'scaled');
    const run = ['run', '--strategy', file, ...tiny('--quiet')];
    expect((await clTorch([...run, '--step-scale', '3', '--out', out])).status).toBe(0);
    const { config, losses, command } = await resultIn(out);
    expect([config, command]).toEqual([expect.objectContaining({ strategy: 'scaled', stepScale: 3 }), null]);
    const written = JSON.parse(await readFile(join(out, 'config.json'), 'utf8')) as object;
    expect(written).toMatchObject({ strategy: 'scaled', stepScale: 3 });
    const plain = await clTorch([
      'run',
      'baseline',
      ...tiny('--json', '--quiet', '--learning-rate', '0.003'),
    ]);
    expect(losses).toEqual((JSON.parse(plain.stdout) as RunResult).losses);
    const wrong = await clTorch([...run, '--step-scale', '101']);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('stepScale (--step-scale): expected a number from 0 to 100, found 101');
    const misspelt = await clTorch([...run, '--step-scal', '1']);
    expect(misspelt.stderr).toContain('(Did you mean --step-scale?)');
  });

  test.each([
    ['tasks', 'has an option tasks, and so has the benchmark permuted-mnist'],
    ['epochs', 'has an option epochs, and so has every run'],
    ['seeds', 'has an option seeds, and --seeds is a flag of the command'],
  ])('cannot be called %s', async (key, reason) => {
    const file = await write(`${key}.mjs`, scaled.replace('stepScale:', `${key}:`));
    const { status, stderr } = await clTorch(['run', '--strategy', file, ...tiny()]);
    expect(stderr).toContain(reason);
    expect(status).toBe(2);
  });
});

test('a run with a custom strategy is resumed by naming its file again', async () => {
  const file = await write('resumed.mjs', `export default ${TUNING};`);
  const [whole, out] = [join(box.folder, 'whole'), join(box.folder, 'stopped')];
  const run = (folder: string): string[] => [
    'run',
    '--strategy',
    file,
    ...tiny(),
    '--tasks',
    '4',
    '--batch-size',
    '2',
    '--out',
    folder,
  ];
  expect((await clTorch(run(whole))).status).toBe(0);
  const child = start(run(out));
  const ended = outcomeOf(child);
  await untilPrinted(child, /^Task 1: .*\n/m);
  child.kill('SIGINT');
  expect((await ended).stderr).toContain(`go on with: cl-torch resume ${out} --strategy `);
  const without = await clTorch(['resume', out]);
  expect(without.status).toBe(2);
  expect(without.stderr).toContain(`cl-torch resume ${out} --strategy FILE`);
  expect((await clTorch(['resume', out, '--strategy', file])).status).toBe(0);
  expect(timeless(await resultIn(out))).toEqual(timeless(await resultIn(whole)));
});

test('compare puts custom strategies beside the built-in ones, and goes on with them', async () => {
  const [a, b] = [
    await write(
      'a.mjs',
      `import { memoryOptions } from '${PACKAGE}';
       export default { ...${TUNING}, options: memoryOptions({ rehearsal: 64 }) };`,
    ),
    await write('b.mjs', `export default { ...${TUNING}, name: 'other' };`),
  ];
  const out = join(box.folder, 'comparison');
  const compare = ['compare', 'baseline', '--strategy', a, '--strategy', b, '--no-joint', '--seeds', '2'];
  const { status, stdout } = await clTorch([...compare, ...tiny('--memory-size', '20', '--out', out)]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^baseline +2 .*\ntuning +2 .*\nother +2 /m);
  const again = await clTorch([...compare, ...tiny('--memory-size', '20', '--out', out)]);
  expect(again.stderr.match(/: done before/g)).toHaveLength(6);
  const other = await clTorch([...compare, ...tiny('--memory-size', '30', '--out', out)]);
  expect(other.stderr).toContain('holds a run with other settings: memorySize 20 instead of 30');
  const twice = await clTorch(['compare', '--strategy', a, '--strategy', a, ...tiny('--out', out)]);
  expect(twice.stderr).toContain("'tuning' is named twice");
});
