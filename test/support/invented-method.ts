import type { RunResult } from '../../lib/runs/types.js';
import type { Strategy } from '../../lib/training/strategy.js';
import { madeUpRun, silent } from './made-up-run.js';
import { type Learnt, learn } from './task-training.js';

/** A method that nothing but the tests knows: it weighs how much its parameters matter, and mends what was forgotten. */
export const invented: Strategy = {
  whenDiverging: 'a thinner quill',
  async beforeTask(context) {
    const found = await context.phase(
      {
        name: 'weighing',
        label: 'quill weight',
        activity: 'weighing the quills',
        objective: 'quills a page',
      },
      async ({ onProgress }) => {
        onProgress(1, 4, 12);
        onProgress(4, 4, 9);
        return 0.25 * context.task;
      },
    );
    context.report({
      measures: {
        quill: {
          label: 'mean quill',
          phase: 'weighing',
          before: 0.5,
          value: found,
          unit: 'grams',
          digits: 2,
        },
        blots: { label: 'blotted steps', value: 12.5, unit: '%' },
      },
    });
  },
  async afterTask(context) {
    await context.phase({ name: 'mending', label: 'mending', accuracyBefore: true }, async () => {});
    context.report({
      curves: {
        ink: {
          label: 'Ink left',
          phase: 'mending',
          x: { label: 'page', first: 1 },
          y: { label: 'ink', unit: 'ml' },
          values: Float32Array.of(8, 4, 2),
        },
      },
    });
  },
};

/** Its task 1, as the real loop learns it. */
export function learnByInvented(): Promise<Learnt> {
  return learn(invented, { name: 'quills' });
}

/** A run whose tasks from the second on it has told of; numbers differ from task to task. */
export async function inventedRun(tasks = 4): Promise<RunResult> {
  const run = madeUpRun({ strategy: 'baseline', tasks });
  const reports = await Promise.all(
    run.accuracy.map(async (_, task) => {
      if (task === 0) return silent;
      const { report = silent } = await learn(invented, {
        name: 'quills',
        task,
        accuracy: Array(task + 1).fill(80 + task),
      });
      return report;
    }),
  );
  const seconds = { ...run.seconds, search: 3, phases: { weighing: 2, mending: 1 } };
  return { ...run, strategy: 'quills', taskReports: reports, seconds };
}
