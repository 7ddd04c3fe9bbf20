import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config/parse.js';
import { reportText, statusText } from '../../lib/report/text/datasets.js';
import { averageLine, taskLine } from '../../lib/report/text/lines.js';
import { heading, summary } from '../../lib/report/text/summary.js';
import { accuracyTable } from '../../lib/report/text/table.js';
import { decimal, duration, grouped, wrapped } from '../../lib/report/text/text.js';
import { environment, searchReport, silent } from '../support/made-up-run.js';
import { matrix, measured, plain } from '../support/measured-run.js';

describe("the article's lines", () => {
  const task = (index: number, accuracy: number[], mean: number): string =>
    taskLine({
      type: 'task',
      task: index,
      tasks: 3,
      accuracy,
      accuracyTaskAware: null,
      mean,
      report: silent,
      seconds: 1,
    });

  test('of the tasks', () => {
    expect(task(0, [96.78], 96.78)).toBe('Task 0: Task Acc = [96.78], AVG = 96.78');
    expect(task(1, [85.19, 97], 91.1)).toBe('Task 1: Task Acc = [85.19, 97.0], AVG = 91.1');
  });

  test('at the end', () => {
    const end = measured([], { taskMeans: [96.78, 91.1, 79.69], average: 89.19 });
    expect(averageLine(end)).toBe('Task AVG Acc: [96.78, 91.1, 79.69], AVG = 89.19');
  });
});

describe('numbers', () => {
  // As Python's print(round(x, 2)) shows them.
  test.each([
    [97, '97.0'],
    [100, '100.0'],
    [0, '0.0'],
    [91.1, '91.1'],
    [96.875, '96.88'],
    [90.625, '90.62'],
    [75.66799999999999, '75.67'],
    [0.004, '0.0'],
  ])('%d as %s', (value, text) => {
    expect(decimal(value)).toBe(text);
  });

  test.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [130, '2 min 10 s'],
    [3599.7, '1 h 0 min'],
    [3900, '1 h 5 min'],
    [90_000, '25 h 0 min'],
  ])('%d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  test('in groups of three', () => {
    expect(grouped(1234567.4)).toBe('1,234,567');
  });
});

describe('long lines', () => {
  test('are broken between words', () => {
    expect(wrapped('one two three\n  four five six', 9)).toBe('one two\n  three\n  four\n    five\n    six');
  });

  test('that fit stay as they are', () => {
    expect(wrapped('one  two\n\nthree', 8)).toBe('one  two\n\nthree');
  });

  test('of one word are left whole', () => {
    expect(wrapped('a /very/long/path', 5)).toBe('a\n  /very/long/path');
  });
});

describe('the summary', () => {
  const text = summary(measured(matrix, { average: 89.19 }), 51_234.5);

  test('has average, metrics, seconds by phase, speed, device, version', () => {
    // ACC is 90.945. From row 8 to row 9 every task gains 0.1; from row j to row 9 task j gains 0.9 - j / 10, on average 0.5.
    expect(text.split('\n')).toEqual([
      expect.stringContaining('Average accuracy: 89.19 % of the test images'),
      expect.stringMatching(
        /^After the last task: 90\.9[45] % \(ACC\), forgetting -0\.10 points, backward transfer \(BWT\) 0\.50 points$/,
      ),
      'Time: 1 min 46 s (setup 1.0 s, training 1 min 40 s, evaluation 4.3 s)',
      'Speed: 51,235 training images a second',
      'On: cpu (AVX2, 2 threads), fused engine, LibTorch 2.14.1',
    ]);
  });

  test('has the seconds of the strategy’s phases where there were any, in its words', () => {
    const phases = { direction: 8.2, 'equilibrium-point': 3.8 };
    const seconds = { setup: 1, training: 100, search: 12, phases, evaluation: 4.25, total: 117.5 };
    expect(summary(measured(matrix, { seconds, taskReports: [silent, searchReport([1, 2])] }), 1)).toContain(
      'Time: 1 min 58 s (setup 1.0 s, training 1 min 40 s, direction 8.2 s, equilibrium point 3.8 s, evaluation 4.3 s)',
    );
  });

  test('has the metrics there are', () => {
    const metrics = {
      averageAccuracy: 86.984,
      learningAccuracy: 92,
      forgetting: 8.5,
      backwardTransfer: -8.5,
      forwardTransfer: null,
    };
    expect(summary(measured(matrix, { metrics }), 1)).toContain(
      '\nAfter the last task: 86.98 % (ACC), forgetting 8.50 points, backward transfer (BWT) -8.50 points\n',
    );
    const first = { ...metrics, forgetting: null, backwardTransfer: null };
    expect(summary(measured(matrix, { metrics: first }), 1)).toContain(
      '\nAfter the last task: 86.98 % (ACC)\n',
    );
  });

  test('says which images were measured on', () => {
    const config = parseConfig({ strategy: 'baseline', validation: 5000 });
    expect(summary(measured(matrix, { config }), 1)).toContain(' % of the validation images (mean');
    expect(accuracyTable(measured(matrix, { config }), 80, plain)).toMatch(
      /^Accuracy in percent of the validation images$/m,
    );
  });

  test('says where the files are', () => {
    const files = (more: object): string | undefined =>
      summary(measured(matrix, { config: parseConfig({ strategy: 'baseline', out: 'runs/1', ...more }) }), 1)
        .split('\n')
        .find((line) => line.startsWith('Files: '));
    const all = 'Files: runs/1/result.json, report.html, config.json, model.safetensors';
    expect(files({})).toBe(`${all}, checkpoint.safetensors`);
    expect(files({ checkpointEvery: 'off' })).toBe(all);
  });

  test('of a GPU names it and no threads', () => {
    const gpu = { ...environment, device: 'cuda:0', deviceName: 'NVIDIA H100', cuda: '13.0' };
    expect(summary(measured(matrix, { environment: gpu }), 1)).toContain(
      'On: cuda:0 (NVIDIA H100), fused engine, LibTorch',
    );
  });

  test('has a counterpart at the start', () => {
    const config = parseConfig({ strategy: 'baseline', epochs: 1 });
    expect(heading({ type: 'start', strategy: 'baseline', config, environment })).toBe(
      'baseline on permuted-mnist of mnist: 10 domain-incremental tasks, 1 epoch each\ncpu (AVX2, 2 threads), fused engine, LibTorch 2.14.1',
    );
  });
});

describe('data sets', () => {
  test('that are there and that are not', () => {
    const text = statusText([
      { dataset: 'mnist', found: true, where: 'cache (/c)', remedy: '' },
      { dataset: 'fashion-mnist', found: false, where: null, remedy: 'run this' },
    ]);
    expect(text).toBe('✓ mnist          cache (/c)\n✗ fashion-mnist  not found; get it with: run this');
  });

  test('that were checked', () => {
    const good = { file: 'a', expected: '1', found: '1', ok: true, problem: null };
    const bad = { file: 'b', expected: '1', found: '2', ok: false, problem: 'Not the same.' };
    const text = reportText({
      dataset: 'mnist',
      source: 's',
      files: [good, bad],
      problem: 'Apart.',
      ok: false,
    });
    expect(text.split('\n')).toEqual([
      'mnist, s: not right',
      '  ✓ a',
      '  ✗ b',
      '    Not the same.',
      '    expected 1, found 2 (SHA-256)',
      '  ✗ Apart.',
    ]);
  });
});
