import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import {
  accuracyTable,
  compactRow,
  matrixFits,
  matrixHead,
  matrixRow,
  matrixTitle,
} from '../../lib/report/text/table.js';
import { matrix, measured, plain } from '../support/measured-run.js';

describe('the accuracy matrix', () => {
  const lines = accuracyTable(measured(matrix), 80, plain).split('\n');

  test('of 10 tasks fits 80 columns', () => {
    expect(lines).toHaveLength(12);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('is labelled', () => {
    expect(lines[0]).toBe('Accuracy in percent of the test images');
    expect(lines[1]?.trim().split(/ {2,}/)).toEqual(
      [...matrix.keys()].map((task) => `on ${task}`).concat('mean'),
    );
  });

  test('has row i after task i, column j on task j, and the mean', () => {
    expect(lines[6]?.split(/ +/).slice(2)).toEqual([
      '4',
      '90.40',
      '90.41',
      '90.42',
      '90.43',
      '90.44',
      '90.42',
    ]);
  });

  test('lines its columns up under their heads', () => {
    const end = (lines[1]?.indexOf('on 4') ?? 0) + 'on 4'.length;
    for (const line of lines.slice(6)) expect(line.slice(end - 5, end)).toMatch(/^9\d\.\d4$/);
  });

  test('keeps 100 % as narrow as the rest', () => {
    expect(accuracyTable(measured([[100]]), 80, plain)).toMatch(/^after task 0 +100\.0 100\.0$/m);
  });

  test('continues below where it does not fit, with no entry lost', () => {
    const text = accuracyTable(measured(matrix), 40, plain);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
    for (const value of matrix.flat()) expect(text).toContain(` ${value.toFixed(2)}`);
  });

  test('of 41 tasks is not printed', () => {
    const large = Array.from({ length: 41 }, () => [50]);
    expect(accuracyTable(measured(large), 80, plain)).toBe(
      'Accuracy matrix: 41 × 41, too large to show; --out DIR keeps it',
    );
    expect(accuracyTable(measured(large.slice(1)), 80, plain)).toMatch(/^after task 39 /m);
  });
});

describe('the accuracy matrix, row by row', () => {
  const row = (task: number, tasks = 10): Parameters<typeof matrixRow>[0] => ({
    task,
    tasks,
    accuracy: matrix[task] ?? [],
    mean: 90 + task / 10,
  });

  test('is the table, line by line', () => {
    const whole = measured(matrix, { taskMeans: matrix.map((_, task) => row(task).mean) });
    const rows = [...matrix.keys()].map((task) => matrixRow(row(task), plain));
    expect([matrixTitle(whole.config), matrixHead(10), ...rows].join('\n')).toBe(
      accuracyTable(whole, 80, plain),
    );
  });

  test('fits where the table is not broken', () => {
    // 13 for the label and 6 a cell, the mean's among them: 10 tasks need 79.
    expect([78, 79, 80].map((columns) => matrixFits(10, columns))).toEqual([false, true, true]);
  });

  test('in whole percents where it does not fit', () => {
    const { lines, widest } = compact(row(9), 39);
    expect(lines[0]).toBe('task 9: mean 90.90');
    expect(lines.slice(1).join(' ').trim().split(/ +/)).toEqual(
      (matrix[9] ?? []).map((value) => value.toFixed(0)),
    );
    expect(widest).toBeLessThanOrEqual(39);
  });

  test('as its mean alone when there are very many tasks', () => {
    const accuracy = Array.from({ length: 41 }, () => 50);
    expect(compact({ task: 40, tasks: 1000, accuracy, mean: 50 }, 80).lines).toEqual(['task 40: mean 50.00']);
  });

  const colors = picocolors.createColors(true);

  test('is coloured by accuracy, and nothing else differs', () => {
    const accuracy = [95, 80, 60, 20];
    const text = matrixRow({ task: 3, tasks: 4, accuracy, mean: 63.75 }, colors);
    const painted = [
      colors.green(' 95.00'),
      colors.cyan(' 80.00'),
      colors.yellow(' 60.00'),
      colors.red(' 20.00'),
    ];
    expect(text).toContain(painted.join(''));
    expect(stripVTControlCharacters(text)).toBe(
      matrixRow({ task: 3, tasks: 4, accuracy, mean: 63.75 }, plain),
    );
  });

  function compact(
    of: Parameters<typeof compactRow>[0],
    columns: number,
  ): { lines: string[]; widest: number } {
    const lines = compactRow(of, columns, plain).split('\n');
    return { lines, widest: Math.max(...lines.map((line) => line.length)) };
  }
});
