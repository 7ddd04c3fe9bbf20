import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { documentedBlocks } from '../support/documentation.js';
import { temporaryFolder } from '../support/libtorch.js';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** What the examples take for granted: the reader's own data, learner, server and functions. */
const GIVEN = `
  type Bytes = Uint8Array;
  declare const digits: Bytes, digitLabels: Bytes, clothes: Bytes, clothesLabels: Bytes, unknown: Bytes;
  declare const monday: Bytes, mondayLabels: Bytes, tuesday: Bytes, tuesdayLabels: Bytes, wednesday: Bytes;
  declare const tomorrow: import('cl-torch').TaskData;
  type Question = { inputs: Bytes; reply(answer: unknown): void };
  declare const server: { on(event: string, answer: (question: Question) => unknown): void };
  declare const signal: AbortSignal;
  declare const learner: import('cl-torch').ContinualLearner;
  declare const pagesOfTheDatabase: any, point: any, gradient: any;`;

test('the examples of README.md and docs/ are TypeScript that compiles as it is printed', {
  timeout: 300_000,
}, () => {
  const project = temporaryFolder();
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(checkout, join(project, 'node_modules/cl-torch'));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  const blocks = documentedBlocks('ts', 'typescript', 'js', 'javascript');
  expect(blocks.length).toBeGreaterThan(3);
  const files = blocks.map(
    ({ language }, index) => `example${index}.${language.startsWith('j') ? 'js' : 'ts'}`,
  );
  blocks.forEach(({ place, text }, index) => {
    const imports = /\bimport\b.*cl-torch/.test(text) ? '' : "import { runExperiment } from 'cl-torch';\n";
    writeFileSync(join(project, files[index] ?? ''), `// ${place}\n${imports}${text}\nexport {};\n`);
  });
  writeFileSync(join(project, 'given.d.ts'), GIVEN);
  const flags = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--skipLibCheck',
    '--checkJs',
  ];
  const types = [
    '--lib',
    'es2022,esnext.disposable',
    '--typeRoots',
    join(checkout, 'node_modules/@types'),
    '--types',
    'node',
  ];
  const { stdout } = spawnSync(
    join(checkout, 'node_modules/.bin/tsc'),
    [...flags, ...types, 'given.d.ts', ...files],
    {
      cwd: project,
      encoding: 'utf8',
    },
  );
  const told = stdout.replace(/example(\d+)\.[jt]s/g, (_, index) => blocks[Number(index)]?.place ?? '');
  expect(told).toBe('');
});

test('the first example of README.md and that of a learner run as they are printed', {
  timeout: 600_000,
}, () => {
  const project = temporaryFolder();
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(checkout, join(project, 'node_modules/cl-torch'));
  // By itself on one CPU: two threads that wait for each other on a busy machine take fifty times as long.
  const oneCpu = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const [experiment, , learner] = documentedBlocks('ts').filter(({ place }) => place.startsWith('README.md'));
  const data = `
    const rows = (first) => Uint8Array.from({ length: 40 * 784 }, (_, i) => (i * (first + 7)) % 251);
    const labelsFrom = (first) => Uint8Array.from({ length: 40 }, (_, i) => first + (i % 10));
    const [digits, clothes, unknown] = [rows(0), rows(1), rows(2)];
    const [digitLabels, clothesLabels] = [labelsFrom(0), labelsFrom(10)];
    const { signal } = new AbortController();`;
  const programs = [
    experiment?.text ?? '',
    `${data}\n${learner?.text}\nconsole.log(labels.length, probabilities.length);`,
  ];
  const [numbers, predictions] = programs.map((text) => {
    writeFileSync(join(project, 'example.mjs'), text);
    const { stdout, stderr, status } = spawnSync('taskset', ['-c', oneCpu, process.execPath, 'example.mjs'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  });
  expect(numbers).toMatch(/^\[ \[ [\d.]+ \], \[ [\d.]+, [\d.]+ \], \[ [\d.]+, [\d.]+, [\d.]+ \] \]/);
  expect(predictions).toBe('40 800\n');
});
