import { describe, expect, test } from 'vitest';
import { commandLine } from '../../lib/config/command-line.js';
import { parseConfig } from '../../lib/config/parse.js';
import { headline } from '../../lib/report/text/summary.js';
import { epochsOfTasks, TaskEpochs, type TrainingLength } from '../../lib/training/task-epochs.js';
import { Throughput } from '../../lib/training/throughput.js';

/** Steps and examples of each epoch, by the loop that the class says it is like. */
function byLoop({ batchSize, lastBatch, epochs, iterations }: TrainingLength, rows: number): number[][] {
  const pass: number[] = [];
  for (let left = rows; left > 0; left -= batchSize) {
    if (left >= batchSize || lastBatch === 'keep') pass.push(Math.min(left, batchSize));
  }
  if (iterations === undefined) return Array.from({ length: epochs ?? 1 }, () => pass);
  const passes: number[][] = [];
  for (let step = 0; step < iterations; ++step) {
    if (step % pass.length === 0) passes.push([]);
    passes.at(-1)?.push(pass[step % pass.length] ?? 0);
  }
  return passes;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

describe.each(['keep', 'drop'] as const)('with the last batch %s', (lastBatch) => {
  test.each([
    [10, { epochs: 3 }],
    [12, { epochs: 2 }],
    [10, { iterations: 7 }],
    [12, { iterations: 6 }],
    [10, { iterations: 1 }],
    [4, { iterations: 5 }],
  ])('%d examples, %o: steps and examples of each epoch', (rows, length) => {
    const given = { batchSize: 4, lastBatch, ...length };
    const epochs = new TaskEpochs(given, rows, 0);
    const expected = byLoop(given, rows);
    expect(epochs.count).toBe(expected.length);
    for (const [epoch, steps] of expected.entries()) {
      expect(epochs.stepsOf(epoch)).toBe(steps.length);
      expect(epochs.samplesIn(1)).toBe(steps[0]);
      expect(epochs.samplesInEpochs(epoch + 1)).toBe(sum(expected.slice(0, epoch + 1).flat()));
    }
  });
});

test('a task with no batch is refused, by its number', () => {
  const length = { batchSize: 8, lastBatch: 'drop', epochs: 1 } as const;
  expect(() => epochsOfTasks(length, [8, 7])).toThrow(/task 1 has 7 training examples/);
  expect(epochsOfTasks(length, [8, 7], { joint: true }).map(({ count }) => count)).toEqual([1, 1]);
  expect(epochsOfTasks(length, [8, 7], { memoryOnly: 9 }).map((each) => each.samplesIn(9))).toEqual([8, 9]);
});

test('the time left is told of tasks with different numbers of epochs', () => {
  const tasks = epochsOfTasks({ batchSize: 5, lastBatch: 'keep', iterations: 4 }, [10, 20]);
  expect(tasks.map(({ count }) => count)).toEqual([2, 1]);
  const [first, second] = tasks as [TaskEpochs, TaskEpochs];
  const throughput = new Throughput(tasks); // 40 examples
  throughput.beginEpoch(first);
  expect(throughput.endEpoch(1, 2)).toEqual({ samplesPerSecond: 10, secondsLeft: 3 });
  throughput.beginEpoch(first);
  expect(throughput.endEpoch(1, 2).secondsLeft).toBe(2);
  throughput.beginEpoch(second);
  expect(throughput.endEpoch(2, 4)).toEqual({ samplesPerSecond: 10, secondsLeft: 0 });
  const resumed = new Throughput(tasks);
  resumed.resume(2, 2);
  resumed.beginEpoch(second);
  expect(resumed.endEpoch(1, 2)).toEqual({ samplesPerSecond: 10, secondsLeft: 1 }); // ended early
});

describe('a configuration', () => {
  const iterations = { strategy: 'baseline', benchmark: 'split-mnist', iterations: 2000 } as const;

  test('with iterations has no epochs, and can be read again', () => {
    const config = parseConfig(iterations);
    expect(config).toMatchObject({ iterations: 2000 });
    expect(config).not.toHaveProperty('epochs');
    expect(parseConfig(config)).toEqual(config);
  });

  test('says what makes the run again, and how long it is', () => {
    const config = parseConfig({ ...iterations, lastBatch: 'drop' });
    expect(commandLine({ config })).toMatch(/--iterations 2000 --last-batch drop/);
    expect(headline(config)).toContain('5 class-incremental tasks, 2000 iterations each');
  });

  test('with both is refused', () => {
    expect(() => parseConfig({ ...iterations, epochs: 5 })).toThrow(
      /iterations \(--iterations\): they take the place of epochs \(--epochs\); leave one of the two out/,
    );
  });
});
