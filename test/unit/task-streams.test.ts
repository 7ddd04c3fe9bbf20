import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { BenchmarkData } from '../../lib/benchmarks/define.js';
import { permuted } from '../../lib/benchmarks/permuted.js';
import { anglesOf, rotated } from '../../lib/benchmarks/rotated.js';
import { rotation } from '../../lib/benchmarks/rotation.js';
import { outputsOf } from '../../lib/benchmarks/scenario.js';
import { type SplitOptions, split } from '../../lib/benchmarks/split.js';
import { parseExperiment } from '../../lib/config/parse.js';
import { loadDataset } from '../../lib/datasets/index.js';
import { PythonRandom } from '../../lib/random/python-random.js';
// Drawn by CPython and turned by Pillow: see test/reference/make_streams.py.
import fixture from '../fixtures/streams.json' with { type: 'json' };

const natural: SplitOptions = { tasks: 3, classesPerTask: 2, classOrder: 'natural', classSeed: 2024 };
const labels = Uint8Array.from([5, 0, 3, 1, 4, 2, 0, 5, 1, 3, 2, 4, 1, 1]);
const data: BenchmarkData = {
  input: [2, 2, 2],
  features: 8,
  classes: 6,
  trainLabels: labels,
  testLabels: labels.toReversed(),
};

describe('rotation', () => {
  let digits: Uint8Array = new Uint8Array();
  beforeAll(async () => {
    const { test: split } = await loadDataset('mnist');
    digits = Uint8Array.from(split.images.subarray(0, fixture.images * 784));
  });

  test.each(fixture.rotations)(
    'by $angle degrees of $width × $height pixels: as Pillow turns real digits',
    (expected) => {
      const { angle, width, height, sha256 } = expected;
      const columns = rotation([1, height, width], angle);
      const turned = digits.map((_, place) => {
        const column = columns[place % (width * height)] ?? -1;
        const start = place - (place % (width * height));
        return column < 0 ? 0 : (digits[start + column] ?? 0);
      });
      expect(createHash('sha256').update(turned).digest('hex')).toBe(sha256);
    },
  );

  test('turns each channel in itself', () => {
    expect([...rotation([2, 2, 2], 180)]).toEqual([3, 2, 1, 0, 7, 6, 5, 4]);
  });
});

test("random() and uniform() are Python's", () => {
  const random = new PythonRandom(2024);
  expect(fixture.drawnAngles.map(() => 180 * random.random())).toEqual(fixture.drawnAngles);
});

describe('rotated', () => {
  const options = { tasks: 20, angles: 'drawn', angleRange: 180, angleSeed: 2024 } as const;

  test("draws its angles by Python's random, or takes even steps, or what is given", () => {
    expect(anglesOf(options)).toEqual(fixture.drawnAngles);
    expect(anglesOf({ ...options, angles: 'even' })).toEqual(
      Array.from({ length: 20 }, (_, task) => 9 * task),
    );
    expect(anglesOf({ ...options, tasks: 2, angles: [0, -30] })).toEqual([0, -30]);
    expect(() => anglesOf({ ...options, angles: [0, 1] })).toThrow(
      '--angles) has 2 of them, and there are 20 tasks',
    );
  });

  test('shows training and test examples by the same angle', () => {
    for (const { train, test: measured } of rotated.plan(options, data)) expect(train).toBe(measured);
  });
});

describe('permuted', () => {
  test('its first task may show the pixels as they are; the others are drawn from the first on', () => {
    const options = { tasks: 3, permutationSeed: 7, firstTask: 'permuted' } as const;
    const all = permuted.plan(options, data).map(({ train }) => train.columns);
    const later = permuted.plan({ ...options, firstTask: 'natural' }, data).map(({ train }) => train.columns);
    expect(later).toEqual([undefined, ...all.slice(0, 2)]);
  });
});

describe('split', () => {
  /** Which rows have one of these labels. */
  const having = (all: ArrayLike<number>, ...wanted: number[]): number[] =>
    Array.from(all, (label, row) => (wanted.includes(label) ? row : -1)).filter((row) => row >= 0);

  test('each task has exactly the examples of its classes, in order', () => {
    const plan = split.plan(natural, data);
    expect(plan).toHaveLength(3);
    for (const [task, { train, test: measured, classes, labels: names }] of plan.entries()) {
      expect([...(train.rows ?? [])]).toEqual(having(data.trainLabels, 2 * task, 2 * task + 1));
      expect([...(measured.rows ?? [])]).toEqual(having(data.testLabels, 2 * task, 2 * task + 1));
      expect(classes).toEqual({ first: 2 * task, count: 2 });
      expect([...(names ?? [])]).toEqual([0, 1, 2, 3, 4, 5].map((c) => (c >> 1 === task ? c : -1)));
    }
  });

  test('a given order, a larger first task, and classes left over', () => {
    const classOrder = [4, 2, 5, 0, 1];
    const plan = split.plan(
      { ...natural, tasks: 2, classesPerTask: 1, firstTaskClasses: 3, classOrder },
      data,
    );
    expect(plan.map(({ train }) => [...(train.rows ?? [])])).toEqual([
      having(data.trainLabels, 4, 2, 5),
      having(data.trainLabels, 0),
    ]);
    expect([...(plan[0]?.labels ?? [])]).toEqual([-1, -1, 1, -1, 0, 2]);
    expect([...(plan[1]?.labels ?? [])]).toEqual([3, -1, -1, -1, -1, -1]);
  });

  test("a seeded order is Python's shuffle", () => {
    const ten = { ...data, classes: 10, trainLabels: Uint8Array.from({ length: 10 }, (_, i) => i) };
    const plan = split.plan(
      { ...natural, tasks: 10, classesPerTask: 1, classOrder: 'seeded' },
      { ...ten, testLabels: ten.trainLabels },
    );
    expect(plan.map(({ train }) => train.rows?.[0])).toEqual(fixture.classOrder);
  });

  test.each<[Partial<SplitOptions>, string]>([
    [{ tasks: 4 }, 'need 8 classes, and there are 6'],
    [{ classOrder: [0, 1, 2, 3, 4, 6] }, 'has the class 6, and the data set has 6'],
    [{ classOrder: [0, 1] }, 'need 6 classes, and there are 2'],
  ])('what the data set has not is refused: %o', (change, message) => {
    expect(() => split.plan({ ...natural, ...change }, data)).toThrow(message);
  });
});

describe('outputs', () => {
  const plan = split.plan({ ...natural, classOrder: [3, 0, 5, 1, 4, 2] }, data);
  const listed = (tasks: ReturnType<typeof outputsOf>['tasks']): unknown =>
    tasks.map(({ labels: map, own, whenLatest }) => [
      map ? [...map] : undefined,
      own && [own.begin, own.end],
      whenLatest && [whenLatest.begin, whenLatest.end],
    ]);

  test('of a split stream: each task its own, all the same, or those seen so far', () => {
    const task = outputsOf(plan, 'task', 6, 'seen');
    expect(task.count).toBe(6);
    expect(listed(task.tasks)).toEqual([
      [
        [1, -1, -1, 0, -1, -1],
        [0, 2],
        [0, 2],
      ],
      [
        [-1, 3, -1, -1, -1, 2],
        [2, 4],
        [2, 4],
      ],
      [
        [-1, -1, 5, -1, 4, -1],
        [4, 6],
        [4, 6],
      ],
    ]);
    const domain = outputsOf(plan, 'domain', 6, 'seen');
    expect(domain.count).toBe(2);
    expect(listed(domain.tasks)).toEqual([
      [[1, -1, -1, 0, -1, -1], undefined, undefined],
      [[-1, 1, -1, -1, -1, 0], undefined, undefined],
      [[-1, -1, 1, -1, 0, -1], undefined, undefined],
    ]);
    const seen = outputsOf(plan, 'class', 6, 'seen').tasks.map(({ whenLatest }) => whenLatest);
    expect(seen).toEqual([2, 4, 6].map((end) => ({ begin: 0, end })));
    expect(outputsOf(plan, 'class', 6, 'all').tasks.map(({ whenLatest }) => whenLatest)).toEqual(
      Array(3).fill(undefined),
    );
  });

  test('of tasks that share the classes: told apart by moving them', () => {
    const shown = permuted.plan({ tasks: 2, permutationSeed: 1, firstTask: 'permuted' }, data);
    expect(outputsOf(shown, 'domain', 6, 'seen')).toEqual({ count: 6, tasks: [{ count: 6 }, { count: 6 }] });
    const { count, tasks } = outputsOf(shown, 'class', 6, 'seen');
    expect(count).toBe(12);
    expect(listed(tasks)).toEqual([
      [
        [0, 1, 2, 3, 4, 5],
        [0, 6],
        [0, 6],
      ],
      [
        [6, 7, 8, 9, 10, 11],
        [6, 12],
        [0, 12],
      ],
    ]);
  });
});

describe('a configuration', () => {
  test('has the scenario and the data set of its benchmark unless it names others', () => {
    const config = (input: object): object => parseExperiment({ strategy: 'er', ...input }).config;
    expect(config({})).toMatchObject({ benchmark: 'permuted-mnist', scenario: 'domain', dataset: 'mnist' });
    expect(config({ benchmark: 'split-kmnist' })).toMatchObject({
      scenario: 'class',
      dataset: 'kmnist',
      outputs: 'seen',
    });
    expect(config({ benchmark: 'split', dataset: 'kmnist', scenario: 'task' })).toMatchObject({
      scenario: 'task',
      dataset: 'kmnist',
    });
  });

  test.each([
    [{ benchmark: 'split-kmnist', dataset: 'mnist' }, "split-kmnist is made of kmnist, found 'mnist'"],
    [{ scenario: 'all' }, 'scenario (--scenario): expected one of task, domain, class'],
    [
      { outputs: 'all' },
      'outputs (--outputs): it is for class-incremental tasks, and these are domain-incremental',
    ],
    [
      { benchmark: 'rotated-mnist', angles: 'some' },
      'angles (--angles): expected drawn, even or a number of degrees',
    ],
    [{ benchmark: 'split', classOrder: [1, 1] }, 'a class stands in it twice'],
  ])('is refused where the parts do not fit: %o', (input, message) => {
    expect(() => parseExperiment({ strategy: 'er', ...input })).toThrow(message);
  });

  test('names a strategy that is made for other scenarios', () => {
    const strategy = { name: 'own', scenarios: ['task'], create: () => ({}) } as const;
    expect(() => parseExperiment({ strategy })).toThrow(
      'own is made for task-incremental tasks, and those of permuted-mnist are domain-incremental; scenario (--scenario) chooses among domain, task, class',
    );
    expect(() => parseExperiment({ strategy, scenario: 'task' })).not.toThrow();
  });
});
